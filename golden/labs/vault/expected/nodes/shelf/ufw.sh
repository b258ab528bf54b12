#!/bin/sh
# Written by hlmc: the firewall of this node. Rules that carry the comment `hlmc` are its own and go when they are no longer
# here; all others are left alone. With --dry-run it only says what it would do.
set -eu
export LC_ALL=C

# Who is let in: the other nodes, the lab's networks with the nodes outside of them, and containers of this node.
members='10.30.0.1 10.30.0.3'
lan='10.30.0.0/24'
bridges='docker0 nomad'

# What of this node they are let in to: who, ports, protocol, and what asked for it.
allowed() {
    cat <<'END'
lan 22 tcp ssh
members 4646,4647,4648,20000:32000 tcp members
members 4648,20000:32000 udp members
containers 20000:32000 tcp containers
containers 20000:32000 udp containers
END
}

# What of its containers: who, ports and protocol.
published() {
    cat <<'END'
members 20000:32000 tcp
members 20000:32000 udp
END
}

# ---- The same on every machine from here on.

dry_run=false
[ "${1:-}" != --dry-run ] || dry_run=true

# addresses WHO: those that a word in the lists stands for.
addresses() {
    case $1 in
    members) echo "$members" ;;
    lan) echo "$lan" ;;
    esac
}

# Each rule of ufw in exactly the words that `ufw show added` repeats it in: the two are compared.
rules() {
    allowed | while read -r who ports protocol why; do
        rest="to any port $ports proto $protocol comment 'hlmc: $why'"
        case $who in
        anyone) echo "ufw allow $ports/$protocol comment 'hlmc: $why'" ;;
        newcomers) echo "ufw allow from any port 68 $rest" ;; # who asks for an address has none yet
        containers) for bridge in $bridges; do echo "ufw allow in on $bridge $rest"; done ;;
        *) for address in $(addresses "$who"); do echo "ufw allow from $address $rest"; done ;;
        esac
    done
}

# What ufw has no rules for. A port that a container publishes is forwarded, not delivered to the machine, so ufw's chains never
# see it and it would be open to everybody. Both DOCKER-USER and NOMAD-ADMIN are asked before their owners let a packet
# through; there it is told by the port it was sent to first. Connections from this node's own containers and answers pass,
# and so does what isn't forwarded to a published port at all.
block() {
    [ -n "$bridges" ] || return 0
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
END
    published | while read -r who ports protocol; do
        rest="-p $protocol -m conntrack --ctorigdstport $ports -j RETURN"
        case $who in
        anyone) echo "-A hlmc $rest" ;;
        *) for address in $(addresses "$who"); do echo "-A hlmc -s $address $rest"; done ;;
        esac
    done
    echo '-A hlmc -j DROP'
    echo COMMIT
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

rules | sort > "$work/wanted"
ufw show added | grep "comment 'hlmc: " | sort > "$work/present" || :
comm -13 "$work/wanted" "$work/present" > "$work/stale"
comm -23 "$work/wanted" "$work/present" > "$work/missing"

after=/etc/ufw/after.rules
sed '/^# BEGIN hlmc$/,/^# END hlmc$/d' "$after" > "$work/after"
block > "$work/block"
if [ -s "$work/block" ]; then
    { echo '# BEGIN hlmc'; cat "$work/block"; echo '# END hlmc'; } >> "$work/after"
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
    diff "$after" "$work/after" | sed -n 's/^> /+ /p; s/^< /- /p'
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
while IFS= read -r rule; do
    why=${rule#*" comment '"}
    rule=${rule#ufw }
    # shellcheck disable=SC2086 # its words are the arguments
    command ufw ${rule% comment *} comment "${why%\'}" < /dev/null
done < "$work/missing"

if ! $same_block; then
    cat "$work/after" > "$after"
fi
if ! $active; then
    ufw --force enable
elif ! $same_block; then
    ufw reload
fi
