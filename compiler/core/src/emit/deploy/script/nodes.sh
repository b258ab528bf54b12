
# Nodes.

on_node() { # user port address command...
    if [ -t 0 ]; then tty=-t; else tty=-T; fi
    destination=${1:+$1@}$3
    port=$2
    shift 3
    ssh "$tty" -o ConnectTimeout=10 -p "$port" -- "$destination" "$@"
}

# What is run on a node once its folder is there; the node expands it.
# shellcheck disable=SC2016
install='
    cd .hlmc-deploy || exit 1
    if [ "$(id -u)" = 0 ]; then sh install.sh; else sudo sh install.sh; fi
    code=$?
    cd .. && rm -rf .hlmc-deploy
    exit $code'

provision() { # name address user port role class pool
    selects_node "$1" "$5" "$6" "$7" || return 0
    if [ -n "$dry_run" ]; then
        say "node $1: would be copied to ${3:+$3@}$2 and installed there"
        return 0
    fi
    say "node $1: installing on ${3:+$3@}$2"
    if tar -C "$here/nodes/$1" -cf - . |
        ssh -T -o ConnectTimeout=10 -p "$4" -- "${3:+$3@}$2" \
            'rm -rf .hlmc-deploy && mkdir -m 700 .hlmc-deploy && tar -C .hlmc-deploy -xpf -' &&
        on_node "$3" "$4" "$2" "$install"; then
        return 0
    fi
    problem "node $1: not installed; \`deploy.sh --only $1\` tries it alone, \`--only jobs\` goes on without it"
}
