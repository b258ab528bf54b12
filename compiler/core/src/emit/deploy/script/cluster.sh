
# The cluster.

# Answers within five seconds or not at all: a firewall that drops packets would hold it up for half a minute.
has_leader() { # address
    NOMAD_ADDR=$1 nomad operator api -X GET /v1/status/leader >"$scratch/leader" 2>&1 </dev/null &
    asked=$!
    : >"$scratch/asked.$asked"
    give_up "$asked" >/dev/null 2>&1 &
    answered=0
    wait "$asked" 2>/dev/null || answered=1
    rm -f "$scratch/asked.$asked"
    [ "$answered" -eq 0 ] && grep -q '^"..*"' "$scratch/leader"
}

give_up() { # process
    for _ in 1 2 3 4 5; do
        sleep 1
        [ -f "$scratch/asked.$1" ] || return 0
    done
    kill "$1"
}

try_server() { # name address user port role
    if [ -n "$address" ] || [ "$5" = client ]; then return 0; fi
    if has_leader "http://$2:4646"; then address=http://$2:4646; fi
}

try_tunnel() { # name address user port role
    if [ -n "$address" ] || [ "$5" = client ] || ! command -v ssh >/dev/null; then return 0; fi
    close_tunnel
    tunnel=${3:+$3@}$2
    # It ends by itself a minute after its last use, should nobody be left to close it.
    if ssh -f -N -M -S "$scratch/ssh" -o ControlPersist=60 -o ConnectTimeout=10 -o ExitOnForwardFailure=yes -p "$4" \
        -L "$scratch/nomad:127.0.0.1:4646" -- "$tunnel" </dev/null >/dev/null 2>&1 &&
        has_leader "unix://$scratch/nomad"; then
        address=unix://$scratch/nomad through=" through ssh to $1"
    fi
}

close_tunnel() {
    if [ -n "$tunnel" ]; then ssh -S "$scratch/ssh" -O exit -- "$tunnel" >/dev/null 2>&1 || true; fi
    rm -f "$scratch/nomad"
    tunnel=
}

find_leader() {
    if [ -n "${NOMAD_ADDR:-}" ]; then
        ! has_leader "$NOMAD_ADDR" || address=$NOMAD_ADDR
    else
        each_node try_server
        [ -n "$address" ] || each_node try_tunnel
    fi
    [ -n "$address" ]
}

# Runs a test again and again until it holds; what it waits for is in `missing`.
wait_until() { # what test hint
    end=$(($(date +%s) + timeout)) shown=
    until "$2"; do
        [ "$(date +%s)" -lt "$end" ] || fail 3 "$1: waited $timeout seconds for: $missing. ${3:-}Run it again to go on."
        if [ "$missing" != "$shown" ]; then say "$1: waiting for $missing"; fi
        shown=$missing
        sleep 2
    done
}

connect() {
    missing="Nomad's leader"
    if [ -z "$dry_run" ]; then wait_until cluster find_leader; else find_leader || return 1; fi
    NOMAD_ADDR=$address NOMAD_CLI_SHOW_HINTS=0
    export NOMAD_ADDR NOMAD_CLI_SHOW_HINTS
    if [ -n "$through" ]; then say "cluster:$through"; else say "cluster: $address"; fi
}

miss_node() { # name address user port role class pool
    selects_node "$1" "$5" "$6" "$7" || return 0
    if [ "$5" != server ] && ! grep -Fqx "$1 ready" "$scratch/clients"; then missing="$missing $1"; fi
    if [ "$5" != client ] && ! grep -Fqx "$1.$region alive" "$scratch/servers"; then missing="$missing $1 (server)"; fi
}

nodes_are_ready() {
    nomad node status -t '{{range .}}{{println .Name .Status}}{{end}}' >"$scratch/clients" 2>/dev/null || true
    nomad server members -t '{{range .}}{{println .Name .Status}}{{end}}' >"$scratch/servers" 2>/dev/null || true
    missing=
    each_node miss_node
    missing=${missing# }
    [ -z "$missing" ]
}

miss_member() { # name address user port role class pool
    selects_node "$1" "$5" "$6" "$7" || return 0
    if ! grep -Fqx "$1 alive" "$scratch/members"; then missing="$missing $1 (consul)"; fi
}

ask_members() { # name address user port role
    if [ "$5" = client ] || [ -s "$scratch/raw" ]; then return 0; fi
    on_node "$3" "$4" "$2" consul members >"$scratch/raw" 2>/dev/null </dev/null || true
}

members_are_alive() {
    : >"$scratch/raw"
    if [ -n "${CONSUL_HTTP_ADDR:-}" ]; then
        consul members >"$scratch/raw" 2>/dev/null || true
    else
        each_node ask_members
    fi
    awk '{ print $1, $3 }' "$scratch/raw" >"$scratch/members"
    missing=
    each_node miss_member
    missing=${missing# }
    [ -z "$missing" ]
}

wait_for_members() { # what
    wait_until "$1" nodes_are_ready
    if [ -n "$consul" ]; then wait_until "$1" members_are_alive; fi
}
