
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
