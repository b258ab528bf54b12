//! Tests of what is written for a small lab.

use super::*;
use crate::emit::fixture::{analysis, at_nowhere, lab, node, service};
use crate::model::{Namespace, SecretReference, SecretStore};
use crate::nomad::form::{Block, Value};
use crate::source::Span;
use std::process::{Command, Output};

fn small_lab() -> Lab {
    let mut nas = node("nas", 119, true);
    nas.ssh.user = Some("admin".to_owned());
    let mut pi = node("pi5-1", 120, false);
    pi.ssh.port = Some(2222);
    pi.pool = at_nowhere("edge");
    let mut exporter = service("node-exporter");
    exporter.kind = "system".to_owned();
    let mut wallet = service("wallet").finds("db");
    wallet.namespace = at_nowhere("bitcoin");
    let secret = |key: &str| SecretReference {
        store: "nomad".to_owned(),
        path: "nomad/jobs/db".to_owned(),
        key: key.to_owned(),
        variable: crate::source::Spanned::new(String::new(), Span::default()),
        span: Span::default(),
    };
    let mut db = service("db").keeps("db-data");
    db.secrets = ["user", "password"].map(secret).to_vec();
    wallet.secrets = vec![secret("user")];
    Lab {
        acl: true,
        namespaces: vec![Namespace { name: at_nowhere("bitcoin"), description: String::new() }],
        nodes: vec![nas, pi],
        services: vec![db, exporter, wallet],
        ..lab()
    }
}

fn script(lab: &Lab) -> String {
    let artifacts = artifacts(&analysis(lab));
    assert_eq!((artifacts.len(), artifacts[0].executable), (1, true));
    String::from_utf8(artifacts[0].bytes.clone()).unwrap()
}

/// Runs the script of a lab where there is no cluster.
fn run(lab: &Lab, arguments: &[&str]) -> Output {
    let script = format!("nomad() {{ false; }}\n{}", script(lab));
    Command::new("sh").args(["-c", &script, "deploy.sh"]).args(arguments).output().unwrap()
}

/// A Nomad that has no jobs and takes all that it is given; what would change something is told on standard error.
const NOMAD: &str = r#"
exec 9>&2
nomad() {
    case "$*" in
    'operator api '*) echo '"127.0.0.1:4647"' ;;
    'node status '*) printf 'nas ready\npi5-1 %s\npi5-1 down\n' "${pi:-ready}" ;;
    'server members '*) echo 'nas.global alive' ;;
    'job plan '*bitcoin/*)
        echo 'Error during plan: Unexpected response code: 500 (job "wallet" is in nonexistent namespace "bitcoin")'
        [ -n "$dry_run" ] && return 255
        printf '+ Job: "wallet"\n\nJob Modify Index: 0\n'
        return 1
        ;;
    'job plan '*/db.nomad.hcl)
        printf '+/- Job: "db"\n+ Meta[x]: "y"\n\nScheduler dry-run:\n- All good.\n\nJob Modify Index: 7\n'
        ;;
    'job plan '*) printf 'Job: "node-exporter"\n\nJob Modify Index: 3\n' ;;
    'job status '*) printf 'job default db\njob default old\njob default foreign\njob default gone\n' ;;
    'job inspect '*.Meta*old) echo 'false::home' ;;
    'job inspect '*.Meta*foreign) echo 'false::another' ;;
    'job inspect '*.Meta*gone) echo 'true::home' ;;
    'job inspect '*) echo 4 ;;
    'acl policy list '*) printf 'anonymous \nhlmc-default-old-1234abcd hlmc: home\nhlmc-other hlmc: another\n' ;;
    'var get '*nomad/jobs/db) echo "user ${password-password} " ;;
    'job deployments '*) echo '4 successful' ;;
    'job allocs '*TaskGroup*) echo "db ${place:-nas}" ;;
    'job allocs '*) echo '4 running' ;;
    *) echo "nomad $*" | sed "s:$here/::" >&9 ;;
    esac
}
"#;

/// Machines on which all goes well, and what is told of each.
const MACHINES: &str = r#"
tar() { :; }
ssh() {
    cat
    case "$*" in
    *consul*) printf 'Node   Address Status\nnas    1.1.1.1 alive\npi5-1  1.1.1.2 %s\n' "${pi:-alive}" ;;
    *.hlmc-deploy*tar*) echo "copy $*" | sed 's/ -o .* -p//; s/ -- / /; s/ rm .*//' >&9 ;;
    *install.sh*) echo "install $*" | sed '1!d; s/ -o .* -p//; s/ -- / /' >&9 ;;
    *) echo "ssh $*" >&9 ;;
    esac
}
"#;

/// Runs the script on that Nomad.
fn run_on_nomad(arguments: &[&str]) -> Output {
    run_with("", arguments)
}

fn run_with(settings: &str, arguments: &[&str]) -> Output {
    let script = format!("{settings}{NOMAD}{MACHINES}{}", script(&small_lab()));
    Command::new("sh")
        .args(["-c", &script, "deploy.sh"])
        .args(arguments)
        .env("NOMAD_ADDR", "http://127.0.0.1:1")
        .output()
        .unwrap()
}

fn err(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn what_differs_between_labs_stands_before_the_script() {
    let script = script(&small_lab());
    let (data, rest) = script.split_once("\nusage() {").unwrap();
    assert!(rest.ends_with("main \"$@\"\n"));
    insta::assert_snapshot!(data, @r#"
    #!/bin/sh
    # Made by hlmc. `deploy.sh --help` says what it does.
    set -eu

    lab='home'
    region='global'
    consul='1'
    acl='1'
    vault='' logins=''
    waves=3

    # name address user port role class pool
    each_node() {
        "$@" 'nas' '192.168.1.119' 'admin' '22' 'both' 'nas' 'default'
        "$@" 'pi5-1' '192.168.1.120' '' '2222' 'client' 'pi' 'edge'
    }

    # name file
    each_pool() {
        "$@" 'edge' 'nomad/node-pools/edge.hcl'
    }

    # name file
    each_namespace() {
        "$@" 'bitcoin' 'nomad/namespaces/bitcoin.hcl'
    }

    # name service namespace file
    each_policy() {
        "$@" 'hlmc-bitcoin-wallet-0b1ff361' 'wallet' 'bitcoin' 'nomad/policies/bitcoin/wallet.hcl'
    }

    # name service namespace policy role
    each_role() {
        :
    }

    # wave service namespace kind count file
    each_job() {
        "$@" '1' 'node-exporter' 'default' 'system' '2' 'nomad/jobs/default/node-exporter.nomad.hcl'
        "$@" '2' 'db' 'default' 'service' '1' 'nomad/jobs/default/db.nomad.hcl'
        "$@" '3' 'wallet' 'bitcoin' 'service' '1' 'nomad/jobs/bitcoin/wallet.nomad.hcl'
    }

    # service namespace path key...
    each_secret() {
        "$@" 'db' 'default' 'nomad/jobs/db' 'password' 'user'
        "$@" 'wallet' 'bitcoin' 'nomad/jobs/db' 'user'
    }

    # service namespace group node...
    each_placement() {
        "$@" 'db' 'default' 'db' 'nas'
    }
    "#);
}

#[test]
fn a_value_never_leaves_its_quotes() {
    let mut lab = small_lab();
    lab.nodes[1].class = at_nowhere("'; echo pwned; '");
    let output = run(&lab, &["--only", "nothing"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("pwned"));
}

#[test]
fn help_is_printed_without_a_cluster() {
    let output = run(&small_lab(), &["--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("usage: deploy.sh [--dry-run]"));
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_wrong() {
    let wrong: [(&[&str], &str); 4] = [
        (&["--frobnicate"], "`--frobnicate` isn't known; `deploy.sh --help` lists what is"),
        (&["--only", "nas,pi6"], "`--only pi6` is no node, class, pool, service or namespace of this lab"),
        (&["--timeout", "soon"], "`--timeout soon` isn't a number of seconds"),
        (&["--only"], "`--only` needs a value"),
    ];
    for (arguments, message) in wrong {
        assert_eq!(err(&run(&small_lab(), arguments)), (Some(2), format!("deploy.sh: {message}\n")));
    }
}

#[test]
fn a_dry_run_tells_everything_and_changes_nothing() {
    let output = run_on_nomad(&["--dry-run"]);
    assert_eq!(err(&output), (Some(0), String::new()));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    node nas: would be copied to admin@192.168.1.119 and installed there
    node pi5-1: would be copied to 192.168.1.120 and installed there
    cluster: http://127.0.0.1:1
    node pool edge: would be applied
    namespace bitcoin: would be applied
    policy hlmc-bitcoin-wallet-0b1ff361: would be applied
    job db: changed
        +/- Job: "db"
        + Meta[x]: "y"
    job wallet: new, in a namespace or node pool that is new too
    job old: no longer in the lab, would be stopped
    policy hlmc-default-old-1234abcd: no longer in the lab, would be deleted
    jobs: 1 new, 1 changed, 1 unchanged, 1 stopped
    "#);
}

#[test]
fn n11_jobs_are_registered_in_waves_and_the_removed_one_is_stopped() {
    let output = run_on_nomad(&["--only", "jobs"]);
    let (code, calls) = err(&output);
    assert_eq!(code, Some(0), "{calls}");
    insta::assert_snapshot!(calls, @r#"
    nomad node pool apply nomad/node-pools/edge.hcl
    nomad namespace apply nomad/namespaces/bitcoin.hcl
    nomad acl policy apply -description hlmc: home -namespace bitcoin -job wallet hlmc-bitcoin-wallet-0b1ff361 nomad/policies/bitcoin/wallet.hcl
    nomad job run -detach -check-index 7 nomad/jobs/default/db.nomad.hcl
    nomad job run -detach -check-index 0 nomad/jobs/bitcoin/wallet.nomad.hcl
    nomad job stop -detach -yes -namespace default old
    nomad acl policy delete hlmc-default-old-1234abcd
    "#);
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    cluster: http://127.0.0.1:1
    job db: changed, registered
    job wallet: new, registered
    job old: no longer in the lab, stopped; its data stays
    policy hlmc-default-old-1234abcd: no longer in the lab, deleted
    placement: 1 job group(s) with volumes run where their data is
    jobs: 1 new, 1 changed, 1 unchanged, 1 stopped
    "#);
}

#[test]
fn a_secret_that_is_not_there_is_named_before_any_job_waits_for_it() {
    let output = run_with("password=\n", &["--only", "jobs"]);
    let (code, calls) = err(&output);
    assert_eq!(code, Some(1), "{calls}");
    assert!(calls.contains("job db: no secret password at nomad/jobs/db in namespace default"), "{calls}");
    assert!(!calls.contains("user") && !calls.contains("nomad job run"), "{calls}");
}

#[test]
fn a_single_service_leaves_the_rest_alone() {
    let (code, calls) = err(&run_on_nomad(&["--only=db"]));
    assert_eq!((code, calls.matches("job run").count(), calls.matches("job stop").count()), (Some(0), 1, 0), "{calls}");
}

#[test]
fn n12_data_on_the_wrong_node_is_found_out() {
    let (code, told) = err(&run_with("place=pi5-1\n", &["--only", "db"]));
    assert_eq!(code, Some(1));
    assert!(told.contains("job db: runs on pi5-1, where its volumes aren't; they are on: nas\n"), "{told}");
}

#[test]
fn n11_the_clients_alone_are_installed() {
    let output = run_on_nomad(&["--only", "clients"]);
    let (code, calls) = err(&output);
    assert_eq!(code, Some(0), "{calls}");
    insta::assert_snapshot!(calls, @r#"
    copy -T 2222 192.168.1.120
    install -T 2222 192.168.1.120
    "#);
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stdout), @r#"
    node pi5-1: installing on 192.168.1.120
    cluster: http://127.0.0.1:1
    membership: 1 node(s) ready in Nomad and alive in Consul
    "#);
}

#[test]
fn n11_servers_are_installed_before_clients_and_nodes_before_jobs() {
    let (code, calls) = err(&run_on_nomad(&[]));
    assert_eq!(code, Some(0), "{calls}");
    let first: Vec<&str> = calls.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(first[..5], ["copy", "install", "copy", "install", "nomad"], "{calls}");
    assert!(calls.starts_with("copy -T 22 admin@192.168.1.119\n"), "{calls}");
}

#[test]
fn n12_a_node_that_is_not_there_is_named() {
    let output = run_with("pi=failed\n", &["--only=clients", "--timeout=0"]);
    let told = "deploy.sh: cluster: waited 0 seconds for: pi5-1. Run it again to go on.\n";
    let (code, calls) = err(&output);
    assert!(code == Some(3) && calls.ends_with(told), "{code:?} {calls}");
}

#[test]
fn a_dry_run_of_nodes_asks_no_cluster() {
    let output = run(&small_lab(), &["--dry-run", "--only", "pi"]);
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(told, "node pi5-1: would be copied to 192.168.1.120 and installed there\n");
}

/// What a shell prints.
fn shell(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

#[test]
fn the_next_run_takes_away_what_a_killed_one_left() {
    let folder = shell("mktemp -d");
    let killed = run_with(&format!("TMPDIR={folder}\nsed() {{ kill -9 $$; }}\n"), &["--only", "db"]);
    assert_eq!(killed.status.code(), None, "{}", err(&killed).1);
    let left = shell(&format!("ls {folder}"));
    assert!(left.starts_with("hlmc.") && left.lines().count() == 1, "{left}");
    // Of a process that still runs, and of none of ours.
    let others = format!("hlmc.{}.aB3dE6\nhlmc.new", std::process::id());
    shell(&format!("cd {folder} && mkdir $(printf '{others}')"));
    let (code, told) = err(&run_with(&format!("TMPDIR={folder}\n"), &["--only", "db"]));
    assert_eq!((code, shell(&format!("ls {folder}"))), (Some(0), others), "{told}");
    shell(&format!("rm -r {folder}"));
}

/// A Vault that has a mount that is or isn't the lab's, and roles of a job that is gone and of another lab.
const VAULT: &str = r#"
vault() {
    case "$*" in
    'token lookup') [ -n "${token-1}" ] || { printf 'Error:\n\n* permission denied\n'; return 2; } ;;
    'read -field=description '*)
        [ -n "${mount-1}" ] || { echo '* No auth engine at jwt-nomad/' >&2; return 2; }
        printf %s "${mount-hlmc: home}"
        ;;
    'list '*) printf 'Keys\n----\nhlmc.home.default.db\nhlmc.home.default.old\nhlmc.home-2.default.x\n' ;;
    'policy list') printf 'default\nhlmc.home.default.old\nhlmc.home.default.older\nroot\n' ;;
    *) echo "vault $*" | sed "s:$here/::" >&9 ;;
    esac
}
"#;

/// Runs the script of a lab where a job reads from Vault; what would change something in Vault, and what is said.
fn run_on_vault(settings: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut lab = small_lab();
    let store = |name: &str| SecretStore {
        name: at_nowhere(name),
        address: None,
        mount: "secret".to_owned(),
        holds: Vec::new(),
    };
    lab.stores = vec![store("vault")];
    let block = |name: &'static str| Block::new(name, Span::default());
    let (mut group, mut task, mut vault) = (block("group"), block("task"), block("vault"));
    vault.body.set("role", Value::str("hlmc.home.default.db", Span::default()));
    task.body.blocks.push(vault);
    group.body.blocks.push(task);
    let db = &mut lab.services[0];
    db.job.body.blocks.push(group);
    db.secrets[0].store = "vault".to_owned();
    db.secrets[0].path = "secret/db".to_owned();
    let script = format!("{settings}{NOMAD}{VAULT}{MACHINES}{}", script(&lab));
    let mut command = Command::new("sh");
    let command = command.args(["-c", &script, "deploy.sh"]).args(arguments);
    let command = command.env("NOMAD_ADDR", "http://127.0.0.1:1").env_remove("VAULT_ADDR");
    let output = command.output().unwrap();
    let (code, told) = err(&output);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let of_vault = |text: &str| {
        let lines = text.lines().filter(|line| line.contains("vault") || line.contains("permission"));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    (code, of_vault(&told), of_vault(&said))
}

#[test]
fn vault_is_told_who_reads_what_and_forgets_who_is_gone() {
    let (code, calls, said) = run_on_vault("mount=\n", &["--only", "jobs"]);
    insta::assert_snapshot!(calls, @r#"
    vault auth enable -path=jwt-nomad -description=hlmc: home jwt
    vault write auth/jwt-nomad/config @vault/login.json
    vault policy write hlmc.home.default.db vault/policies/default/db.hcl
    vault write auth/jwt-nomad/role/hlmc.home.default.db @vault/roles/default/db.json
    vault delete auth/jwt-nomad/role/hlmc.home.default.old
    vault policy delete hlmc.home.default.old
    vault delete auth/jwt-nomad/role/hlmc.home.default.older
    vault policy delete hlmc.home.default.older
    "#);
    insta::assert_snapshot!(said, @r#"
    vault: https://vault.service.consul:8200
    vault role hlmc.home.default.old: no longer in the lab, deleted
    vault role hlmc.home.default.older: no longer in the lab, deleted
    "#);
    assert_eq!(code, Some(0), "{calls}");
}

#[test]
fn logins_that_somebody_else_has_set_up_stay_as_they_are() {
    let (_, own, _) = run_on_vault("", &["--only", "db"]);
    assert!(own.starts_with("vault write auth/jwt-nomad/config @vault/login.json\n"), "{own}");
    let (code, calls, _) = run_on_vault("mount=\"of the owner\"\n", &["--only", "db"]);
    assert!(calls.starts_with("vault policy write hlmc.home.default.db") && code == Some(0), "{calls}");
    let (_, calls, _) = run_on_vault("", &["--only", "wallet"]);
    assert!(!calls.contains("policy") && !calls.contains("role"), "{calls}");
}

#[test]
fn a_dry_run_leaves_vault_alone() {
    let (code, calls, said) = run_on_vault("mount=\n", &["--dry-run"]);
    assert_eq!((code, calls.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said, @r#"
    vault: https://vault.service.consul:8200
    vault role hlmc.home.default.db: would be applied
    vault role hlmc.home.default.old: no longer in the lab, would be deleted
    vault role hlmc.home.default.older: no longer in the lab, would be deleted
    "#);
}

#[test]
fn without_a_token_vault_is_left_alone_and_that_is_said() {
    let (code, calls, said) = run_on_vault("token=\n", &["--only", "jobs"]);
    assert_eq!((code, calls.as_str()), (Some(0), ""));
    insta::assert_snapshot!(said, @r#"
    vault: left as it is: https://vault.service.consul:8200 takes no token from here; `VAULT_TOKEN` or `vault login` gives one
        * permission denied
    "#);
}
