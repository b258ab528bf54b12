
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
