
usage() {
    cat <<'END'
Deploys this bundle: prepares the nodes, waits for the cluster, registers the jobs in the order of what they need, stops the
jobs that the lab no longer has (never their data), and looks whether everything is where it belongs. It can be stopped
at any time: the next run goes on where it ended, and changes nothing that is as it should be.

usage: deploy.sh [--dry-run] [--only WHAT]... [--timeout SECONDS]

  --dry-run          say what would be done, ask Nomad for its plans where it answers, change nothing
  --only WHAT        only that part; may be given several times, or WHAT,WHAT:
                       nodes, servers, clients   all machines, those with the servers, the others
                       jobs                      all jobs (needs no ssh)
                       NAME                      a node, node class, node pool, service or namespace
  --timeout SECONDS  how long to wait for the cluster, and for each wave of jobs (300)
  --help             this text

environment
  NOMAD_ADDR, NOMAD_TOKEN, NOMAD_CACERT …  as the nomad program reads them. Without NOMAD_ADDR, the servers of the lab are asked
                     at port 4646, and through ssh where their firewall lets nobody else in.
  CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN …    as the consul program reads them. Without CONSUL_HTTP_ADDR, consul is run on a
                     server through ssh.
  VAULT_ADDR, VAULT_TOKEN, VAULT_CACERT …  as the vault program reads them. Without VAULT_ADDR, the address of the lab is asked.
                     Without a token that Vault takes, it is left as it is.

exit codes: 0 all done; 1 something failed, as printed; 2 wrong usage, or a program is missing; 3 waited too long.
END
}

# Messages.

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "deploy.sh: $*" >&2; }
indent() { sed 's/^/    /'; }

fail() {
    code=$1
    shift
    complain "$@"
    exit "$code"
}

# A problem doesn't end the stage it is found in, so that one run finds all of them, but no later stage begins.
problem() {
    complain "$@"
    problems=$((problems + 1))
}

stop_on_problems() {
    [ "$problems" -eq 0 ] || fail 1 "stopped: $problems problem(s), see above. Run it again once they are solved."
}

# What was asked for.

selects() {
    for want in $only; do
        for name in "$@"; do
            [ "$want" != "$name" ] || return 0
        done
    done
    return 1
}

selects_node() { # name role class pool
    [ -n "$only" ] || return 0
    if [ "$2" = client ]; then kind=clients; else kind=servers; fi
    selects nodes "$kind" "$1" ${3:+"$3"} "$4"
}

selects_job() { # service namespace
    [ -n "$only" ] || return 0
    selects jobs "$1" "$2"
}

count_node() {
    if selects_node "$1" "$5" "$6" "$7"; then nodes=$((nodes + 1)); fi
}

count_job() {
    if selects_job "$2" "$3"; then jobs=$((jobs + 1)); fi
}

select_all() {
    nodes=0 jobs=0
    each_node count_node
    each_job count_job
}

need() {
    for program in "$@"; do
        command -v "$program" >/dev/null || fail 2 "\`$program\` is needed and isn't installed here"
    done
}

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
        --dry-run) dry_run=1 ;;
        --only | --timeout)
            [ $# -gt 1 ] || fail 2 "\`$1\` needs a value"
            case $1 in
            --only) wanted="$wanted,$2" ;;
            --timeout) timeout=$2 ;;
            esac
            shift
            ;;
        --only=*) wanted="$wanted,${1#--only=}" ;;
        --timeout=*) timeout=${1#--timeout=} ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail 2 "\`$1\` isn't known; \`deploy.sh --help\` lists what is" ;;
        esac
        shift
    done
    case $timeout in '' | *[!0-9]*) fail 2 "\`--timeout $timeout\` isn't a number of seconds" ;; esac
    # Each part has to mean something by itself.
    for part in $(printf '%s' "$wanted" | tr ',' ' '); do
        only=$part
        select_all
        [ $((nodes + jobs)) -gt 0 ] || fail 2 "\`--only $part\` is no node, class, pool, service or namespace of this lab"
    done
    only=$(printf '%s' "$wanted" | tr ',' ' ')
    select_all
}
