use super::*;
use crate::emit::fixture::{analysis, at_nowhere, lab, node, service};
use crate::model::Namespace;
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
    Lab {
        namespaces: vec![Namespace { name: at_nowhere("bitcoin"), description: String::new() }],
        nodes: vec![nas, pi],
        services: vec![service("db").keeps("db-data"), exporter, wallet],
        ..lab()
    }
}

fn script(lab: &Lab) -> String {
    let artifacts = artifacts(&analysis(lab));
    assert_eq!((artifacts.len(), artifacts[0].executable), (1, true));
    String::from_utf8(artifacts[0].bytes.clone()).unwrap()
}

/// Runs the script from a folder of its own, with programs that aren't there replaced by ones that only tell.
fn run(lab: &Lab, arguments: &[&str]) -> Output {
    Command::new("sh").args(["-c", &script(lab), "deploy.sh"]).args(arguments).output().unwrap()
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

    # wave service namespace kind count file
    each_job() {
        "$@" '1' 'node-exporter' 'default' 'system' '2' 'nomad/jobs/default/node-exporter.nomad.hcl'
        "$@" '2' 'db' 'default' 'service' '1' 'nomad/jobs/default/db.nomad.hcl'
        "$@" '3' 'wallet' 'bitcoin' 'service' '1' 'nomad/jobs/bitcoin/wallet.nomad.hcl'
    }

    # service namespace group node...
    each_placement() {
        "$@" 'db' 'default' 'db' 'nas'
    }
    "#);
}

#[test]
fn a_value_never_leaves_its_quotes() {
    assert_eq!(quoted("it's $(rm -rf /)\n`x` \\"), "'it'\\''s $(rm -rf /)\n`x` \\'");
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
