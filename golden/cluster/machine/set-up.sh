#!/bin/sh
# What a machine does when it boots: what an installed Debian has, the first time; then what was enabled is started.
# /media holds what was plugged in: the disks, and what its owner typed while Debian was installed.
set -eu
enabled=/etc/systemd/enabled

# The cable is plugged in from outside.
ip link set lo up
until ip -4 -o addr show scope global | grep -q .; do sleep 0.1; done

# The first boot: a Debian that nobody has used yet.
if [ ! -d "$enabled" ]; then
    mkdir -p "$enabled" /etc/systemd/system
    cp /usr/share/ufw/iptables/*.rules /etc/ufw/
    cp /usr/share/ufw/ufw.conf /etc/ufw/
    rm -f /etc/resolv.conf
    cp /media/resolv.conf /etc/resolv.conf
    echo '127.0.0.1 localhost' > /etc/hosts
    ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
    if [ -f /media/user ]; then
        user=$(cat /media/user)
        useradd --create-home --shell /bin/sh --password '*' "$user"
        echo "$user ALL=(ALL) NOPASSWD: ALL" > "/etc/sudoers.d/$user"
        install -d -m 700 -o "$user" "/home/$user/.ssh"
        install -m 600 -o "$user" /media/key.pub "/home/$user/.ssh/authorized_keys"
    fi
    if [ -f /media/nomad.json ]; then cp /media/nomad.json /etc/nomad.d/zz-this-machine.json; fi
fi

if [ -f /media/user ]; then /usr/sbin/sshd -f /dev/null -o PidFile=/run/sshd.pid -p "$(cat /media/ssh-port)"; fi

# ufw.service, which is enabled wherever ufw is installed, and does nothing until ufw is.
/lib/ufw/ufw-init start quiet || echo "the firewall doesn't start"

for unit in "$enabled"/*; do
    [ -e "$unit" ] || continue
    systemctl start "$(basename "$unit")" || echo "$unit doesn't start"
done
