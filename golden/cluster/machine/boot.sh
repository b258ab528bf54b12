#!/bin/sh
# The first process of a machine. Its file system is this computer's with the machine's own changes over it, which lie on its
# "disk", a folder; /dev, /run, /tmp and whatever belongs to this computer alone are the machine's own.
set -eu
name=$1 disk=$2 programs=$3 stand_ins=$4
root=$disk/root

# /proc is still this computer's, so this is the process as this computer numbers it.
read -r pid _ < /proc/self/stat

hostname "$name"
mkdir -p "$root" "$disk/changes" "$disk/scratch"
mount -t overlay -o "lowerdir=/,upperdir=$disk/changes,workdir=$disk/scratch" "$name" "$root"

own() { # path: not this computer's but the machine's own, and kept
    mkdir -p "$disk/own/$1" "$root/$1"
    mount --bind "$disk/own/$1" "$root/$1"
}
for path in home root opt srv mnt media work var/lib/docker var/lib/hlmc var/log var/tmp \
    etc/nomad.d etc/consul.d etc/docker etc/dnsmasq.d etc/samba etc/systemd etc/ssh; do
    own "$path"
done
for path in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$path"; done
mkdir -p "$root/run/sshd" "$root/run/lock"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"

devices() {
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    mknod -m 666 "$root/dev/null" c 1 3
    mknod -m 666 "$root/dev/zero" c 1 5
    mknod -m 666 "$root/dev/full" c 1 7
    mknod -m 666 "$root/dev/random" c 1 8
    mknod -m 666 "$root/dev/urandom" c 1 9
    mknod -m 666 "$root/dev/tty" c 5 0
    mkdir -p "$root/dev/pts" "$root/dev/shm" "$root/dev/disk" "$root/dev/dri"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
    mount -t tmpfs tmpfs "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s /proc/self/fd/0 "$root/dev/stdin"
    ln -s /proc/self/fd/1 "$root/dev/stdout"
    ln -s /proc/self/fd/2 "$root/dev/stderr"
    # A graphics chip for those who ask for one: it shows nothing.
    mknod -m 666 "$root/dev/dri/renderD128" c 1 3
}
devices

# The machine sees its own part of each tree of control groups as the whole.
control_groups() {
    groups=$root/sys/fs/cgroup
    if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
        mount -t cgroup2 cgroup2 "$groups"
        return
    fi
    mount -t tmpfs tmpfs "$groups"
    while IFS=: read -r number controllers _; do
        case $number:$controllers in
        0:) tree=unified ;;
        *:name=*) tree=${controllers#name=} ;;
        *) tree=$controllers ;;
        esac
        mkdir "$groups/$tree"
        case $number:$controllers in
        0:) mount -t cgroup2 cgroup2 "$groups/$tree" ;;
        *:name=*) mount -t cgroup -o "none,$controllers" cgroup "$groups/$tree" ;;
        *) mount -t cgroup -o "$controllers" cgroup "$groups/$tree" ;;
        esac
    done < /proc/self/cgroup
}
control_groups

program() { # file path: the machine has this program there
    [ -e "$root$2" ] || { mkdir -p "$root${2%/*}" && : > "$root$2"; }
    mount --bind -o ro "$1" "$root$2"
}
program "$programs/nomad" /usr/bin/nomad
program "$programs/consul" /usr/bin/consul
program "$stand_ins/systemctl" /usr/bin/systemctl
program "$stand_ins/dpkg" /usr/bin/dpkg
program "$stand_ins/runc" /usr/local/sbin/runc
mkdir -p "$root/usr/local/lib/machine"
mount --bind -o ro "$stand_ins" "$root/usr/local/lib/machine"

mkdir -p "$root/before"
rm -f "$disk/own/media/booted"
echo "$pid" > "$disk/pid"
cd "$root"
pivot_root . before
# Nothing of this computer's file system but what the overlay shows is left in sight.
exec chroot . sh -c '
    umount -l /before
    mount --make-rshared /
    if sh /usr/local/lib/machine/set-up.sh; then : > /media/booted; fi
    while :; do sleep 3600 & wait $!; done
'
