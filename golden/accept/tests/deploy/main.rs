//! Deploys a small lab to a running Nomad agent with the bundle's own `deploy.sh`, changes the lab, and deploys again.
//!
//! The real programs are needed, so `make accept` runs these tests; `cargo test` alone leaves them out.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may fail a test")]

mod identities;
mod trial;
mod vault;

use trial::{Access, Trial};

const WEB: &str = r#"service "web" {
    driver "raw_exec"
    command "/bin/sleep"
    args "600"
    namespace "apps"
    after "db"
    resources cpu=10 memory="10MiB"
    nomad { update { min_healthy_time "1s" } }
}
"#;

const DB: &str = r#"job "db" {
    update { min_healthy_time "1s" }
    group "db" {
        volume "data" {
            type "host"
            source "data"
        }
        task "db" {
            driver "raw_exec"
            config {
                command "/bin/sleep"
                args "600"
            }
            resources {
                cpu 10
                memory 10
            }
        }
    }
}
"#;

const OLD: &str = r#"service "old" {
    type "system"
    driver "raw_exec"
    network "host"
    port "http" static=28765
    command "/bin/sleep"
    args "600"
    resources cpu=10 memory="10MiB"
}
"#;

const FOREIGN: &str = r#"job "foreign" {
  datacenters = ["home"]
  meta        = { "hlmc-lab" = "another" }
  group "foreign" {
    task "foreign" {
      driver = "raw_exec"
      config {
        command = "/bin/sleep"
        args    = ["600"]
      }
    }
  }
}
"#;

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_second_run_changes_nothing_and_what_was_removed_is_stopped() {
    let trial = Trial::start("deploy", Access::Open);
    trial.build(&[DB, WEB, OLD]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 3 new, 0 changed, 0 unchanged, 0 stopped\n"), "{text}");
    assert!(text.contains("placement: 1 job group(s) with volumes run where their data is\n"), "{text}");
    let order = ["job old:", "job db:", "job web:"].map(|job| text.find(job).unwrap());
    assert!(order.is_sorted(), "{text}");

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 0 new, 0 changed, 3 unchanged, 0 stopped\n"), "{text}");

    let foreign = trial.folder.join("foreign.nomad.hcl");
    std::fs::write(&foreign, FOREIGN).unwrap();
    trial.nomad(&["job", "run", "-detach", foreign.to_str().unwrap()]);
    let renamed = OLD.replace("\"old\"", "\"renamed\"");
    trial.build(&[DB, &WEB.replace("600", "601"), &renamed]);
    let (code, text) = trial.deploy(&["--dry-run"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("job web: changed\n"), "{text}");
    assert!(text.contains("job old: no longer in the lab, would be stopped\n"), "{text}");
    assert!(text.contains("job renamed: has no place until what is no longer in the lab is stopped\n"), "{text}");
    assert!(!trial.is_stopped("old"));

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 1 new, 1 changed, 1 unchanged, 1 stopped\n"), "{text}");
    assert!(trial.is_stopped("old") && !trial.is_stopped("foreign") && !trial.is_stopped("db"));

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 0 new, 0 changed, 3 unchanged, 0 stopped\n"), "{text}");
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_version_that_fails_ends_the_run_and_the_next_one_finishes_it() {
    let trial = Trial::start("deploy-failing", Access::Open);
    let quick = WEB.replace("1s\"", "1s\"; healthy_deadline \"10s\"; progress_deadline \"15s\"");
    trial.build(&[DB, &quick.replace("/bin/sleep", "/bin/false")]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("deploy.sh: job web: its deployment failed"), "{text}");

    trial.build(&[DB, &quick]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 0 new, 1 changed, 1 unchanged, 0 stopped\n"), "{text}");
}
