#!/bin/sh
# Written by hlmc: the firewall of this node. Rules that carry the comment `hlmc` are its own and go when they are no longer
# here; all others are left alone. With --dry-run it only says what it would do.
set -eu
export LC_ALL=C

dry_run=false
[ "${1:-}" != --dry-run ] || dry_run=true

# What ufw has no rules for: ports that containers publish never pass its chains.
block() {
    cat <<'END'
*filter
:DOCKER-USER - [0:0]
:NOMAD-ADMIN - [0:0]
:hlmc - [0:0]
-A DOCKER-USER -j hlmc
-A NOMAD-ADMIN -j hlmc
-A NOMAD-ADMIN -o nomad -d 172.26.64.0/20 -j ACCEPT
-A hlmc -m conntrack ! --ctstate DNAT -j RETURN
-A hlmc -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A hlmc -i docker0 -j RETURN
-A hlmc -i br-+ -j RETURN
-A hlmc -i nomad -j RETURN
-A hlmc -s 10.20.0.3 -p tcp -m conntrack --ctorigdstport 20000:32000 -j RETURN
-A hlmc -s 10.20.0.3 -p udp -m conntrack --ctorigdstport 20000:32000 -j RETURN
-A hlmc -p tcp -m conntrack --ctorigdstport 443 -j RETURN
-A hlmc -p udp -m conntrack --ctorigdstport 443 -j RETURN
-A hlmc -p tcp -m conntrack --ctorigdstport 80 -j RETURN
-A hlmc -s 10.20.0.0/24 -p tcp -m conntrack --ctorigdstport 2019 -j RETURN
-A hlmc -s 10.20.0.0/24 -p tcp -m conntrack --ctorigdstport 9090 -j RETURN
-A hlmc -s 10.20.0.0/24 -p tcp -m conntrack --ctorigdstport 9443 -j RETURN
-A hlmc -s 10.20.0.0/24 -p udp -m conntrack --ctorigdstport 9443 -j RETURN
-A hlmc -j DROP
COMMIT
END
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep '^ufw allow ' "$0" | sort > "$work/wanted"
ufw show added | grep "comment 'hlmc: " | sort > "$work/present" || :
comm -13 "$work/wanted" "$work/present" > "$work/stale"
comm -23 "$work/wanted" "$work/present" > "$work/missing"

after=/etc/ufw/after.rules
sed '/^# BEGIN hlmc$/,/^# END hlmc$/d' "$after" > "$work/after"
if [ -n "$(block)" ]; then
    { echo '# BEGIN hlmc'; block; echo '# END hlmc'; } >> "$work/after"
fi
same_block=true
cmp -s "$work/after" "$after" || same_block=false

case $(ufw status) in
'Status: active'*) active=true ;;
*) active=false ;;
esac

if $active && $same_block && [ ! -s "$work/stale" ] && [ ! -s "$work/missing" ]; then
    echo 'firewall: nothing to do'
    exit 0
fi
if $dry_run; then
    sed 's/^/- /' "$work/stale"
    sed 's/^/+ /' "$work/missing"
    $same_block || echo "~ $after"
    $active || echo '+ ufw enable'
    exit 0
fi

while IFS= read -r rule; do
    rule=${rule#ufw }
    # shellcheck disable=SC2086 # its words are the arguments
    command ufw delete ${rule% comment *} < /dev/null
done < "$work/stale"

ufw default deny incoming
ufw default allow outgoing
ufw allow from 10.20.0.0/24 to any port 2222 proto tcp comment 'hlmc: ssh'
ufw allow from 10.20.0.3 to any port 4646,4647,4648,8300,8301,20000:32000 proto tcp comment 'hlmc: members'
ufw allow from 10.20.0.3 to any port 4648,8301,20000:32000 proto udp comment 'hlmc: members'
ufw allow in on docker0 to any port 20000:32000 proto tcp comment 'hlmc: containers'
ufw allow in on nomad to any port 20000:32000 proto tcp comment 'hlmc: containers'
ufw allow in on docker0 to any port 20000:32000 proto udp comment 'hlmc: containers'
ufw allow in on nomad to any port 20000:32000 proto udp comment 'hlmc: containers'
ufw allow from 10.20.0.0/24 to any port 53 proto tcp comment 'hlmc: dnsmasq'
ufw allow in on docker0 to any port 53 proto tcp comment 'hlmc: dnsmasq'
ufw allow in on nomad to any port 53 proto tcp comment 'hlmc: dnsmasq'
ufw allow from 10.20.0.0/24 to any port 53 proto udp comment 'hlmc: dnsmasq'
ufw allow in on docker0 to any port 53 proto udp comment 'hlmc: dnsmasq'
ufw allow in on nomad to any port 53 proto udp comment 'hlmc: dnsmasq'
ufw allow from any port 68 to any port 67 proto udp comment 'hlmc: dnsmasq'
ufw allow from 10.20.0.0/24 to any port 137 proto udp comment 'hlmc: samba'
ufw allow from 10.20.0.0/24 to any port 138 proto udp comment 'hlmc: samba'
ufw allow from 10.20.0.0/24 to any port 139 proto tcp comment 'hlmc: samba'
ufw allow from 10.20.0.0/24 to any port 445 proto tcp comment 'hlmc: samba'
ufw allow 443/tcp comment 'hlmc: caddy'
ufw allow 443/udp comment 'hlmc: caddy'
ufw allow 80/tcp comment 'hlmc: caddy'
ufw allow from 10.20.0.0/24 to any port 2019 proto tcp comment 'hlmc: caddy'
ufw allow in on docker0 to any port 2019 proto tcp comment 'hlmc: caddy'
ufw allow in on nomad to any port 2019 proto tcp comment 'hlmc: caddy'
ufw allow from 10.20.0.0/24 to any port 9090 proto tcp comment 'hlmc: prometheus'
ufw allow in on docker0 to any port 9090 proto tcp comment 'hlmc: prometheus'
ufw allow in on nomad to any port 9090 proto tcp comment 'hlmc: prometheus'
ufw allow from 10.20.0.0/24 to any port 9443 proto tcp comment 'hlmc: web'
ufw allow in on docker0 to any port 9443 proto tcp comment 'hlmc: web'
ufw allow in on nomad to any port 9443 proto tcp comment 'hlmc: web'
ufw allow from 10.20.0.0/24 to any port 9443 proto udp comment 'hlmc: web'
ufw allow in on docker0 to any port 9443 proto udp comment 'hlmc: web'
ufw allow in on nomad to any port 9443 proto udp comment 'hlmc: web'

if ! $same_block; then
    cat "$work/after" > "$after"
fi
if ! $active; then
    ufw --force enable
elif ! $same_block; then
    ufw reload
fi
