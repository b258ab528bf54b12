//! The lab of a NAS and two Raspberry Pis: what has to hold over its whole bundle.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use walkdir::WalkDir;

const STATEFUL: [&str; 6] = ["caddy", "grafana", "immich", "immich-machine-learning", "immich-postgres", "prometheus"];
const EVERYWHERE: [&str; 3] = ["cadvisor", "filebeat", "node-exporter"];
const ANYWHERE: [&str; 1] = ["immich-redis"];

fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden").join(path)
}

/// Every file of the bundle by its path.
fn bundle() -> BTreeMap<String, String> {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let lab = golden("labs/nas-and-pis");
    let mut build = Command::new(env!("CARGO_BIN_EXE_hlmc"));
    assert!(build.args(["build", "--lab"]).arg(lab).arg("--out").arg(&out).status().unwrap().success());
    let files = WalkDir::new(&out).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let path = entry.path().strip_prefix(&out).unwrap().to_str().unwrap().to_owned();
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// The jobs by their names.
fn jobs(bundle: &BTreeMap<String, String>) -> BTreeMap<&str, &str> {
    bundle
        .iter()
        .filter_map(|(path, text)| {
            Some((path.strip_prefix("nomad/jobs/default/")?.strip_suffix(".nomad.hcl")?, text.as_str()))
        })
        .collect()
}

/// What `hlmc check` says about a fault.
fn said(fault: &str) -> String {
    let mut check = Command::new(env!("CARGO_BIN_EXE_hlmc"));
    check.args(["check", "--format", "short", "--lab", "."]).current_dir(golden("faults").join(fault));
    String::from_utf8(check.output().unwrap().stdout).unwrap()
}

#[test]
fn n1_the_bundle_has_exactly_these_jobs_and_nodes() {
    let bundle = bundle();
    let mut expected: Vec<&str> = STATEFUL.into_iter().chain(EVERYWHERE).chain(ANYWHERE).collect();
    expected.sort_unstable();
    assert_eq!(jobs(&bundle).into_keys().collect::<Vec<_>>(), expected);
    for node in ["nas", "pi5-1", "pi5-2"] {
        assert!(bundle.contains_key(&format!("nodes/{node}/install.sh")), "{node}");
    }
    assert_eq!(bundle.keys().filter(|path| path.ends_with("/install.sh")).count(), 3);
}

#[test]
fn n2_one_datacenter_in_agents_and_jobs() {
    let bundle = bundle();
    for (path, text) in bundle.iter().filter(|(path, _)| *path != "bundle.json") {
        assert!(!text.contains("dc1"), "{path}");
    }
    for (name, job) in jobs(&bundle) {
        assert!(job.contains("datacenters = [\"home\"]"), "{name}");
    }
    let agents = bundle.iter().filter(|(path, _)| path.ends_with("/nomad.hcl") || path.ends_with("/consul.hcl"));
    for (path, text) in agents {
        let datacenters: Vec<&str> = text.lines().filter(|line| line.starts_with("datacenter ")).collect();
        assert!(matches!(*datacenters, [line] if line.ends_with("= \"home\"")), "{path}: {datacenters:?}");
    }
}

#[test]
fn n8_what_keeps_data_is_pinned_to_the_nas() {
    let bundle = bundle();
    for (name, job) in jobs(&bundle) {
        let pinned = job.contains("  constraint {\n    attribute = \"${node.class}\"\n    value     = \"nas\"\n  }\n");
        assert_eq!(pinned, STATEFUL.contains(&name), "{name}");
    }
}

#[test]
fn n8_exporters_and_the_log_shipper_run_everywhere_with_volumes_that_are_there() {
    let bundle = bundle();
    for (name, job) in jobs(&bundle) {
        assert_eq!(job.contains("type        = \"system\""), EVERYWHERE.contains(&name), "{name}");
        if !EVERYWHERE.contains(&name) {
            continue;
        }
        let sources = job.lines().filter_map(|line| line.strip_prefix("      source = \"")?.strip_suffix('"'));
        for volume in sources {
            for node in ["nas", "pi5-1", "pi5-2"] {
                let agent = &bundle[&format!("nodes/{node}/etc/nomad.d/nomad.hcl")];
                assert!(agent.contains(&format!("host_volume \"{volume}\" {{")), "{node} lacks {volume} of {name}");
            }
        }
    }
}

#[test]
fn n9_no_address_of_a_node_in_jobs_proxy_and_monitoring() {
    for (path, text) in bundle() {
        if path.starts_with("nodes/") || path == "deploy.sh" {
            continue;
        }
        assert!(!text.contains("192.168.1."), "{path}");
    }
}

#[test]
fn n9_immich_finds_what_it_needs_through_discovery() {
    let bundle = bundle();
    let immich = jobs(&bundle)["immich"];
    for service in ["immich-postgres", "immich-redis", "immich-machine-learning"] {
        assert!(immich.contains(&format!("service \"{service}\"")), "{service}");
    }
}

#[test]
fn n10_a_job_that_could_land_on_a_pi_and_needs_the_nas_is_an_error() {
    let volume = said("stateful-job-anywhere");
    assert!(volume.contains("error[volume-missing] "), "{volume}");
    assert!(["immich-db", "pi5-1", "pi5-2"].iter().all(|part| volume.contains(part)), "{volume}");
    let image = said("amd64-image-anywhere");
    assert!(image.contains("error[wrong-architecture] "), "{image}");
    assert!(["mssql", "pi5-1", "pi5-2", "arm64"].iter().all(|part| image.contains(part)), "{image}");
}
