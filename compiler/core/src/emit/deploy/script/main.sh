
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
