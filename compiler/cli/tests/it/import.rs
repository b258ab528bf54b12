//! `hlmc import`.

use crate::lab::Lab;
use std::fs;
use std::path::Path;

const WEB: &str = r#"job "web" {
  datacenters = ["attic"]

  group "web" {
    network {
      port "http" {
        to = 80
      }
    }

    # It answers with what it was asked.
    task "web" {
      driver = "docker"

      config {
        image = "traefik/whoami:${var.tag}"
        ports = ["http"]
      }
    }
  }
}

variable "tag" {
  type    = string
  default = "v1.11"
}
"#;

#[test]
fn a_lab_of_job_files_builds_once_a_person_has_named_a_machine() {
    let lab = Lab::empty();
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/imports/job-files/before");
    lab.run(&["import", files.to_str().unwrap(), "--out", "lab"]).is_quiet();
    lab.run(&["check", "--lab", "lab"]).fails(1, "lab `home` has no node");
    take_up_nodes(&lab, &["anvil", "big"]);
    // Of two servers, none could be missed.
    let big = lab.read("lab/nodes/big.kdl");
    lab.write("lab/nodes/big.kdl", big.lines().filter(|line| line.trim() != "server").collect::<Vec<_>>().join("\n"));
    // Its folders are for a person to fill in.
    let checked = lab.run(&["check", "--lab", "lab", "--format", "short"]);
    let advice = checked.stdout.lines().all(|line| line.contains(": advice[mount-not-offered] "));
    assert!(checked.code == Some(0) && advice, "{checked:?}");
    lab.run(&["build", "--lab", "lab"]).is_quiet();
    assert!(lab.read("lab/out/nomad/jobs/default/films.nomad.hcl").contains("registry.example.org/films:2.1.3"));
}

/// Takes away the `//` before what import tells of machines.
fn take_up_nodes(lab: &Lab, names: &[&str]) {
    for name in names {
        let stub = lab.read(&format!("lab/nodes/{name}.kdl"));
        let lines: Vec<&str> = stub.lines().skip(1).filter_map(|line| line.strip_prefix("// ")).collect();
        lab.write(&format!("lab/nodes/{name}.kdl"), lines.join("\n"));
    }
}

/// What jobs ask of machines, beside their names.
const FILERS: &str = r#"job "filers" {
  datacenters = ["*"]

  group "filers" {
    count = 2

    constraint {
      attribute = "${node.datacenter}"
      value     = "attic"
    }

    constraint {
      operator = "distinct_hosts"
      value    = "true"
    }

    network {
      port "http" {
        static       = 8888
        host_network = "mesh"
      }
    }

    task "filer" {
      driver = "docker"

      config {
        image = "chrislusf/seaweedfs:4.13"
      }

      resources {
        device "1cf1/usb/0030" {}
      }
    }
  }
}
"#;

#[test]
fn the_machines_of_an_imported_lab_have_what_its_jobs_ask_for() {
    let lab = Lab::empty();
    lab.write("filers.nomad.hcl", FILERS);
    lab.run(&["import", "filers.nomad.hcl"]).is_quiet();
    take_up_nodes(&lab, &["server", "server-2"]);
    let checked = lab.run(&["check", "--lab", "lab", "--format", "short"]);
    assert_eq!((checked.code, checked.stdout.contains("error[")), (Some(0), false), "{checked:?}");
    assert!(lab.read("lab/lab.kdl").contains("    datacenter \"attic\"\n"));
    assert!(!lab.path("lab/nodes/server-3.kdl").exists());
}

#[test]
fn the_job_is_the_one_that_was_read() {
    let lab = Lab::empty();
    lab.write("jobs/web.nomad.hcl", WEB);
    let ran = lab.run(&["import", "--check", "jobs"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(ran.stdout, "jobs/web.nomad.hcl: equal, as service `web` of 6 lines, 26 before\n");
    assert!(!lab.path("lab").exists());
    lab.run(&["import", "jobs/web.nomad.hcl"]).is_quiet();
    let expected = r#"service "web" {
    // It answers with what it was asked.
    image "traefik/whoami:@{tag}"
    register #false
    port "http" to=80
}
"#;
    assert_eq!(lab.read("lab/services/web/service.kdl"), expected);
    assert!(lab.read("lab/lab.kdl").contains("    values {\n        tag \"v1.11\"\n    }\n"));
}

#[test]
fn overwrites_nothing() {
    let lab = Lab::empty();
    lab.write("web.nomad", WEB);
    lab.write("there/lab.kdl", "mine");
    lab.run(&["import", "web.nomad", "--out", "there"]).fails(2, "`there` isn't empty, and nothing was written");
    assert_eq!(lab.read("there/lab.kdl"), "mine");
    fs::create_dir(lab.path("empty")).unwrap();
    lab.run(&["import", "web.nomad", "--out", "empty"]).is_quiet();
    assert!(lab.path("empty/lab.kdl").is_file());
}

#[test]
fn what_cannot_be_read_is_shown_and_nothing_is_written() {
    let lab = Lab::empty();
    lab.write("jobs/good.nomad", WEB);
    lab.write("jobs/bad.nomad", "job \"bad\" {\n  group \"g\" {\n    count = \n  }\n}\n");
    lab.run(&["import", "jobs"]).fails(1, "jobs/bad.nomad:3:");
    assert!(!lab.path("lab").exists() && !lab.path(".lab.hlmc-new").exists());
    lab.write("jobs/bad.nomad", WEB);
    lab.run(&["import", "jobs"]).fails(1, "service `web` is defined twice");
    lab.run(&["import", "nowhere"]).fails(2, "can't read `nowhere`");
    fs::create_dir(lab.path("none")).unwrap();
    lab.run(&["import", "none"]).fails(2, "there is no job file and no Compose file in");
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_left_as_it_was() {
    let lab = Lab::empty();
    lab.write("web.nomad", WEB);
    lab.write("file", "mine");
    lab.run(&["import", "web.nomad", "--out", "file"]).fails(2, "`file`");
    lab.run(&["import", "web.nomad", "--out", "file/lab"]).fails(2, "file");
    assert_eq!(lab.read("file"), "mine");
}
