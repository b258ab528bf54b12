#!/bin/sh
# Made by hlmc. `deploy.sh --help` says what it does.
set -eu

lab='cellar'
region='global'
consul=''
acl='1'
vault='http://10.30.0.1:8200'
logins='jwt-nomad'
waves=2

# name address user port role class pool
each_node() {
    "$@" 'barrel' '10.30.0.1' '' '22' 'both' 'cellar' 'default'
    "$@" 'rack' '10.30.0.3' '' '22' 'both' 'cellar' 'default'
    "$@" 'shelf' '10.30.0.2' '' '22' 'both' 'cellar' 'default'
}

# name file
each_pool() {
    :
}

# name file
each_namespace() {
    "$@" 'office' 'nomad/namespaces/office.hcl'
}

# name service namespace file
each_policy() {
    "$@" 'hlmc-office-letters-3268f010' 'letters' 'office' 'nomad/policies/office/letters.hcl'
}

# name service namespace policy role
each_role() {
    "$@" 'hlmc.cellar.default.cloud' 'cloud' 'default' 'vault/policies/default/cloud.hcl' 'vault/roles/default/cloud.json'
    "$@" 'hlmc.cellar.default.cloud-db' 'cloud-db' 'default' 'vault/policies/default/cloud-db.hcl' 'vault/roles/default/cloud-db.json'
    "$@" 'hlmc.cellar.office.letters' 'letters' 'office' 'vault/policies/office/letters.hcl' 'vault/roles/office/letters.json'
}

# wave service namespace kind count file
each_job() {
    "$@" '1' 'cloud-db' 'default' 'service' '1' 'nomad/jobs/default/cloud-db.nomad.hcl'
    "$@" '1' 'letters' 'office' 'service' '1' 'nomad/jobs/office/letters.nomad.hcl'
    "$@" '2' 'cloud' 'default' 'service' '1' 'nomad/jobs/default/cloud.nomad.hcl'
}

# service namespace path key...
each_secret() {
    "$@" 'letters' 'office' 'mail/smtp' 'password' 'user'
    "$@" 'letters' 'office' 'nomad/jobs/letters' 'session'
}

# service namespace group node...
each_placement() {
    "$@" 'cloud-db' 'default' 'cloud-db' 'barrel'
}

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

# Vault: how it knows the identities of jobs, and which secrets each of them reads.

connect_vault() {
    [ -n "$vault" ] || return 0
    VAULT_ADDR=${VAULT_ADDR:-$vault}
    export VAULT_ADDR
    if ! command -v vault >/dev/null; then
        say "vault: left as it is: the vault program isn't installed here"
    elif ! vault token lookup >"$scratch/out" 2>&1 </dev/null; then
        say "vault: left as it is: $VAULT_ADDR takes no token from here; \`VAULT_TOKEN\` or \`vault login\` gives one"
        grep '^\*' "$scratch/out" | indent || true
    else
        at_vault=1
        say "vault: $VAULT_ADDR"
    fi
}

ask_vault() { # what argument...
    what=$1
    shift
    vault "$@" >"$scratch/out" 2>&1 </dev/null && return 0
    indent <"$scratch/out" >&2
    problem "vault: $what"
    return 1
}

# The logins say in their description whose they are. Those that somebody else has set up are left alone.
prepare_logins() {
    owner=$(vault read -field=description "sys/auth/$logins" 2>"$scratch/out" </dev/null) || owner=-
    if [ "$owner" = - ] && grep -q 'No auth engine' "$scratch/out"; then
        ask_vault "logins at $logins not made" auth enable -path="$logins" -description="hlmc: $lab" jwt || return 0
        owner="hlmc: $lab"
    fi
    if [ "$owner" = "hlmc: $lab" ]; then
        ask_vault "logins at $logins not told the keys of Nomad's servers" \
            write "auth/$logins/config" "@$here/vault/login.json" || true
    fi
}

# First what a job may read, then who may: an identity that logs in between has its policy.
make_role() { # name service namespace policy role
    selects_job "$2" "$3" || return 0
    if [ -n "$dry_run" ]; then say "vault role $1: would be applied" && return 0; fi
    ask_vault "policy $1 not applied" policy write "$1" "$here/$4" || return 0
    ask_vault "role $1 not applied" write "auth/$logins/role/$1" "@$here/$5" || return 0
}

prepare_vault() {
    [ -n "$at_vault" ] || return 0
    [ -n "$dry_run" ] || prepare_logins
    each_role make_role
}

is_known_role() { # name
    if [ "$1" = "$wanted_role" ]; then known=1; fi
}

# The names of roles and policies say which lab they belong to. The role goes first: nobody logs in to it while its policy goes.
remove_roles() {
    vault list "auth/$logins/role" >"$scratch/roles" 2>/dev/null </dev/null || : >"$scratch/roles"
    if ! vault policy list >"$scratch/policies" 2>"$scratch/out" </dev/null; then
        indent <"$scratch/out" >&2
        problem "vault: the policies can't be listed"
    fi
    sort -u "$scratch/roles" "$scratch/policies" >"$scratch/granted"
    while read -r wanted_role _; do
        case $wanted_role in "hlmc.$lab."*) ;; *) continue ;; esac
        known=''
        each_role is_known_role
        [ -z "$known" ] || continue
        if [ -n "$dry_run" ]; then
            say "vault role $wanted_role: no longer in the lab, would be deleted"
        elif ask_vault "role $wanted_role not deleted" delete "auth/$logins/role/$wanted_role" &&
            ask_vault "policy $wanted_role not deleted" policy delete "$wanted_role"; then
            say "vault role $wanted_role: no longer in the lab, deleted"
        fi
    done <"$scratch/granted"
}

# Jobs.

make_pool() { # name file
    if [ -n "$dry_run" ]; then say "node pool $1: would be applied" && return 0; fi
    nomad node pool apply "$here/$2" >"$scratch/out" 2>&1 && return 0
    indent <"$scratch/out" >&2
    problem "node pool $1: not applied"
}

make_namespace() { # name file
    if [ -n "$dry_run" ]; then say "namespace $1: would be applied" && return 0; fi
    nomad namespace apply "$here/$2" >"$scratch/out" 2>&1 && return 0
    indent <"$scratch/out" >&2
    problem "namespace $1: not applied"
}

# Tied to a job, it is that job's identity that may read what it names, and no other's.
make_policy() { # name service namespace file
    selects_job "$2" "$3" || return 0
    if [ -n "$dry_run" ]; then say "policy $1: would be applied" && return 0; fi
    nomad acl policy apply -description "hlmc: $lab" -namespace "$3" -job "$2" "$1" "$here/$4" >"$scratch/out" 2>&1 &&
        return 0
    indent <"$scratch/out" >&2
    problem "policy $1: not applied"
}

# A task whose secret isn't there waits for it, and its job's status says nothing of it. Only the names of keys are asked for.
find_secrets() { # service namespace path key...
    if ! selects_job "$1" "$2"; then return 0; fi
    service=$1 namespace=$2 path=$3 keys=''
    shift 3
    # shellcheck disable=SC2016 # what looks like a shell's variable is the template's
    if nomad var get -namespace "$namespace" -out go-template -template '{{range $key, $_ := .Items}}{{$key}} {{end}}' \
        "$path" >"$scratch/keys" 2>"$scratch/out" </dev/null; then
        keys=$(cat "$scratch/keys")
    elif grep -q 'Permission denied' "$scratch/out"; then
        return 0
    fi
    for key in "$@"; do
        case " $keys " in
        *" $key "*) ;;
        *) problem "job $service: no secret $key at $path in namespace $namespace; \`nomad var put\` puts it there" ;;
        esac
    done
}

# `nomad job plan` ends with 0 or 1 where it worked: 1 when allocations would be made or ended.
plan() { # file
    code=0
    nomad job plan -no-color "$here/$1" >"$scratch/plan" 2>&1 </dev/null || code=$?
    index=$(sed -n 's/^Job Modify Index: //p' "$scratch/plan")
    [ "$code" -le 1 ]
}

has_no_place() { grep -q 'WARNING: Failed to place' "$scratch/plan"; }

# A job that only differs in what needs no new allocation is planned with 0 too, so what counts is the first line of the
# difference.
submit() { # wave service namespace kind count file
    if [ "$1" != "$wave" ] || ! selects_job "$2" "$3"; then return 0; fi
    if ! plan "$6"; then
        if [ -n "$dry_run" ] && grep -q 'nonexistent \(namespace\|node pool\)' "$scratch/plan"; then
            say "job $2: new, in a namespace or node pool that is new too"
            made=$((made + 1))
            return 0
        fi
        indent <"$scratch/plan" >&2
        problem "job $2: Nomad can't plan it"
        return 0
    fi
    case $(grep -m 1 'Job: ' "$scratch/plan") in
    'Job: '*)
        unchanged=$((unchanged + 1))
        return 0
        ;;
    '+ Job: '*) what=new made=$((made + 1)) ;;
    *) what=changed changed=$((changed + 1)) ;;
    esac
    if has_no_place; then await_place "$2" "$6"; fi
    if has_no_place; then
        sed '1,/^Scheduler dry-run:/d; /^Job Modify Index:/,$d; /^$/d' "$scratch/plan" | indent >&2
        problem "job $2: $what, and no node can take all of it as the cluster is now"
    elif [ -n "$dry_run" ]; then
        say "job $2: $what"
        sed '/^Scheduler dry-run:/,$d; /^$/d' "$scratch/plan" | indent
    else
        register "$2" "$3" "$6"
    fi
}

# What isn't there now may be there soon. A job that is no longer in the lab may hold the port or the memory that this one is
# to have: a renamed service, above all. And as long as an old version still stops, Nomad counts its ports as taken twice, and
# puts nothing new on that node.
await_place() { # service file
    if [ -n "$dry_run" ]; then
        [ -s "$scratch/removed" ] || return 0
        say "job $1: has no place until what is no longer in the lab is stopped"
        : >"$scratch/plan"
        return 0
    fi
    if [ -s "$scratch/removed" ]; then
        say "job $1: has no place, so what is no longer in the lab is stopped first"
        stop_removed
    fi
    waited=0
    while [ "$waited" -lt 60 ]; do
        sleep 2
        if ! plan "$2" || ! has_no_place; then return 0; fi
        waited=$((waited + 2))
    done
}

register() { # service namespace file
    if nomad job run -detach -check-index "$index" "$here/$3" >"$scratch/out" 2>&1 </dev/null; then
        say "job $1: $what, registered"
        nomad job inspect -namespace "$2" -t '{{.Version}}' "$1" >"$scratch/version.$2.$1"
    else
        indent <"$scratch/out" >&2
        problem "job $1: not registered"
    fi
}

# One of: healthy, wait, and everything else is the reason why it failed.
health() { # service namespace kind count
    case $3 in *batch) echo healthy && return 0 ;; esac
    [ "$4" -gt 0 ] || { echo healthy && return 0; }
    version=$(nomad job inspect -namespace "$2" -t '{{.Version}}' "$1" 2>/dev/null) || { echo wait && return 0; }
    registered=
    if [ -f "$scratch/version.$2.$1" ]; then registered=$(cat "$scratch/version.$2.$1"); fi
    if [ -n "$registered" ] && [ "$registered" != "$version" ]; then
        echo "Nomad runs version $version in place of $registered, which was registered" && return 0
    fi
    deployment=$(nomad job deployments -namespace "$2" -latest -t '{{if .}}{{.JobVersion}} {{.Status}}{{end}}' "$1" \
        2>/dev/null) || deployment=
    case $deployment in
    "$version failed" | "$version cancelled")
        if [ -n "$registered" ]; then echo "its deployment ${deployment#* }" && return 0; fi
        ;;
    "$version successful") ;;
    "$version "*) echo wait && return 0 ;;
    esac
    nomad job allocs -namespace "$2" -t \
        '{{range .}}{{if eq .DesiredStatus "run"}}{{println .JobVersion .ClientStatus}}{{end}}{{end}}' "$1" \
        >"$scratch/allocs" 2>/dev/null || { echo wait && return 0; }
    awk -v version="$version" -v kind="$3" -v count="$4" '
        $2 == "running" && $1 == version { running++ }
        $2 == "pending" || ($2 == "running" && $1 != version) { moving++ }
        END { print (running >= (kind == "system" ? 1 : count) && !moving) ? "healthy" : "wait" }
    ' "$scratch/allocs"
}

miss_job() { # wave service namespace kind count file
    if [ "$1" != "$wave" ] || ! selects_job "$2" "$3"; then return 0; fi
    [ ! -f "$scratch/gave-up.$3.$2" ] || return 0
    state=$(health "$2" "$3" "$4" "$5")
    case $state in
    healthy) ;;
    wait) missing="$missing $2" ;;
    *)
        : >"$scratch/gave-up.$3.$2"
        problem "job $2: $state; \`nomad job status -namespace $3 $2\` says more"
        ;;
    esac
}

wave_is_healthy() {
    missing=
    each_job miss_job
    missing=${missing# }
    [ -z "$missing" ]
}

deploy_jobs() {
    each_pool make_pool
    each_namespace make_namespace
    each_policy make_policy
    prepare_vault
    each_secret find_secrets
    stop_on_problems
    wave=1
    while [ "$wave" -le "$waves" ]; do
        each_job submit
        if [ -z "$dry_run" ]; then
            stop_on_problems
            wait_until "wave $wave of $waves" wave_is_healthy "\`nomad job status\` says more. "
            stop_on_problems
        fi
        wave=$((wave + 1))
    done
}

# What the lab no longer has. A job says in its meta which lab it belongs to; jobs of others are left alone.

is_known() { # wave service namespace
    if [ "$3 $2" = "$wanted_job" ]; then known=1; fi
}

find_removed() {
    nomad job status -namespace '*' -t '{{range .}}{{with .Summary}}{{println "job" .Namespace .JobID}}{{end}}{{end}}' \
        >"$scratch/jobs" 2>"$scratch/out" </dev/null || {
        indent <"$scratch/out" >&2
        fail 1 "the jobs of the cluster can't be listed"
    }
    while read -r word namespace job; do
        [ "$word" = job ] || continue
        known='' wanted_job="$namespace $job"
        each_job is_known
        [ -z "$known" ] || continue
        # Stopped, child of a periodic job, lab.
        owner=$(nomad job inspect -namespace "$namespace" -t \
            '{{.Stop}}:{{.ParentID}}:{{index .Meta "hlmc-lab"}}' "$job" 2>/dev/null </dev/null) || continue
        [ "$owner" != "false::$lab" ] || printf '%s\n' "$wanted_job" >>"$scratch/removed"
    done <"$scratch/jobs"
}

stop_removed() {
    while read -r namespace job; do
        stopped=$((stopped + 1))
        if [ -n "$dry_run" ]; then
            say "job $job: no longer in the lab, would be stopped"
        elif nomad job stop -detach -yes -namespace "$namespace" "$job" >"$scratch/out" 2>&1 </dev/null; then
            say "job $job: no longer in the lab, stopped; its data stays"
        else
            indent <"$scratch/out" >&2
            problem "job $job: no longer in the lab, and not stopped"
        fi
    done <"$scratch/removed"
    : >"$scratch/removed"
}

is_known_policy() { # name
    if [ "$1" = "$wanted_policy" ]; then known=1; fi
}

# Policies say in their description which lab they belong to.
remove_policies() {
    nomad acl policy list -t '{{range .}}{{.Name}} {{.Description}}{{"\n"}}{{end}}' >"$scratch/policies" \
        2>"$scratch/out" </dev/null || {
        indent <"$scratch/out" >&2
        fail 1 "the policies of the cluster can't be listed"
    }
    while read -r wanted_policy owner; do
        [ "$owner" = "hlmc: $lab" ] || continue
        known=''
        each_policy is_known_policy
        [ -z "$known" ] || continue
        if [ -n "$dry_run" ]; then
            say "policy $wanted_policy: no longer in the lab, would be deleted"
        elif nomad acl policy delete "$wanted_policy" >"$scratch/out" 2>&1 </dev/null; then
            say "policy $wanted_policy: no longer in the lab, deleted"
        else
            indent <"$scratch/out" >&2
            problem "policy $wanted_policy: no longer in the lab, and not deleted"
        fi
    done <"$scratch/policies"
}

# Data lies on the nodes that have the volumes: whatever keeps some has to run on one of them.
check_place() { # service namespace group node...
    selects_job "$1" "$2" || return 0
    service=$1 namespace=$2 group=$3
    shift 3
    nomad job allocs -namespace "$namespace" -t \
        '{{range .}}{{if eq .ClientStatus "running"}}{{println .TaskGroup .NodeName}}{{end}}{{end}}' "$service" \
        >"$scratch/allocs" 2>/dev/null </dev/null || true
    places=0
    while read -r of place; do
        [ "$of" = "$group" ] || continue
        case " $* " in
        *" $place "*) places=$((places + 1)) ;;
        *) problem "job $service: runs on $place, where its volumes aren't; they are on: $*" ;;
        esac
    done <"$scratch/allocs"
    [ "$places" -eq 0 ] || stateful=$((stateful + 1))
}

verify() {
    if [ "$nodes" -gt 0 ]; then
        wait_for_members membership
        say "membership: $nodes node(s) ready${consul:+ in Nomad and alive in Consul}"
    fi
    if [ "$jobs" -gt 0 ]; then
        each_placement check_place
        stop_on_problems
        say "placement: $stateful job group(s) with volumes run where their data is"
    fi
}

# The whole run.

clean_up() {
    code=$?
    trap - EXIT
    close_tunnel
    rm -rf "$scratch"
    exit "$code"
}

# A run that was killed couldn't take its folder away; the folder's name says which process it was.
sweep() { # folder
    find "$1/" -maxdepth 1 -type d -user "$(id -u)" -name 'hlmc.*.??????' 2>/dev/null | while IFS= read -r left; do
        process=${left##*/hlmc.} process=${process%.*}
        case $process in '' | *[!0-9]*) continue ;; esac
        kill -0 "$process" 2>/dev/null || rm -rf "$left"
    done
}

main() {
    read_arguments "$@"
    need tar nomad awk sed find
    if [ "$nodes" -gt 0 ] && [ -z "$dry_run" ]; then need ssh; fi
    sweep "${TMPDIR:-/tmp}"
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/hlmc.$$.XXXXXX")
    trap clean_up EXIT
    trap 'complain "interrupted: run it again to finish"; exit 130' INT TERM HUP
    [ "$nodes" -eq 0 ] || each_node provision
    stop_on_problems
    if [ -n "$dry_run" ] && [ "$jobs" -eq 0 ]; then exit 0; fi
    if ! connect; then
        say "cluster: nothing answers, so the jobs aren't planned: $jobs job(s) in $waves wave(s)"
        exit 0
    fi
    if [ "$nodes" -gt 0 ] && [ -z "$dry_run" ]; then wait_for_members cluster; fi
    : >"$scratch/removed"
    if [ -z "$only" ] || selects jobs; then find_removed; fi
    connect_vault
    if [ "$jobs" -gt 0 ]; then deploy_jobs; fi
    stop_removed
    if [ -n "$acl" ] && { [ -z "$only" ] || selects jobs; }; then remove_policies; fi
    if [ -n "$at_vault" ] && { [ -z "$only" ] || selects jobs; }; then remove_roles; fi
    [ -n "$dry_run" ] || verify
    stop_on_problems
    [ "$jobs" -eq 0 ] || say "jobs: $made new, $changed changed, $unchanged unchanged, $stopped stopped"
}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
COPYFILE_DISABLE=1
export COPYFILE_DISABLE
dry_run='' wanted='' only='' timeout=300 nodes=0 jobs=0 problems=0 address='' through='' tunnel='' scratch='' missing=''
made=0 changed=0 unchanged=0 stopped=0 stateful=0 at_vault=''
set -f
main "$@"
