
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
