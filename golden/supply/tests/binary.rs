//! Holds what the release binary is made of: it builds without a network, and its bill of materials is right.
//!
//! Both take a build of the binary, so `make supply` runs these tests; `cargo test` alone leaves them out.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may fail a test")]

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Runs a command at the top of the repository, and gives what it printed.
fn run(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn bill() -> String {
    run(&mut Command::new(env!("CARGO_BIN_EXE_hlmc-supply")))
}

/// Each entry of a list in the bill, by one of its fields.
fn each<'a>(list: &'a Value, field: &str) -> BTreeSet<&'a str> {
    list.as_array().unwrap().iter().map(|entry| entry[field].as_str().unwrap()).collect()
}

#[test]
#[ignore = "builds the binary; `make supply` runs it"]
fn builds_without_a_network() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("without-network");
    let _ = std::fs::remove_dir_all(&target);
    let script = "grep -c : /proc/net/dev && exec cargo build --locked --offline -p hlmc --target-dir \"$0\"";
    let mut command = Command::new("unshare");
    command.args(["--net", "--map-root-user", "sh", "-c", script]).arg(&target).env("CARGO_PROFILE_DEV_DEBUG", "0");
    let printed = run(&mut command);
    assert_eq!(printed, "1\n", "the build had more than the loopback interface");
    assert!(target.join("debug/hlmc").exists());
    std::fs::remove_dir_all(&target).unwrap();
}

#[test]
#[ignore = "builds the binary; `make supply` runs it"]
fn the_bill_lists_what_cargo_links() {
    let bill: Value = serde_json::from_str(&bill()).unwrap();
    let tree = ["tree", "--locked", "-p", "hlmc", "--edges", "normal,no-proc-macro", "--prefix", "none"];
    let tree = run(Command::new("cargo").args(tree));
    let linked: BTreeSet<String> = tree
        .lines()
        .map(|line| {
            let mut words = line.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap());
            format!("{name}@{}", version.trim_start_matches('v'))
        })
        .collect();
    let component =
        |entry: &Value| format!("{}@{}", entry["name"].as_str().unwrap(), entry["version"].as_str().unwrap());
    let mut listed: BTreeSet<String> = bill["components"].as_array().unwrap().iter().map(component).collect();
    let standard = listed.iter().find(|entry| entry.starts_with("std@")).cloned().unwrap();
    listed.remove(&standard);
    listed.insert(component(&bill["metadata"]["component"]));
    assert_eq!(listed, linked);
}

#[test]
#[ignore = "builds the binary; `make supply` runs it"]
fn the_bill_is_whole() {
    let bill: Value = serde_json::from_str(&bill()).unwrap();
    let components = bill["components"].as_array().unwrap();
    for component in components {
        assert!(component["licenses"][0]["expression"].is_string(), "{component}");
        let hashed = component["hashes"][0]["content"].as_str().is_some_and(|sum| sum.len() == 64);
        assert_eq!(hashed, component["purl"].is_string(), "what is from a registry has a checksum: {component}");
    }
    let mut references = each(&bill["components"], "bom-ref");
    references.retain(|reference| !reference.starts_with("std@"));
    references.insert(bill["metadata"]["component"]["bom-ref"].as_str().unwrap());
    assert_eq!(each(&bill["dependencies"], "ref"), references);

    // Everything can be reached from the binary along what needs what.
    let mut reached = BTreeSet::new();
    let mut next = vec![bill["metadata"]["component"]["bom-ref"].as_str().unwrap()];
    while let Some(reference) = next.pop() {
        if reached.insert(reference) {
            let all = bill["dependencies"].as_array().unwrap();
            let entry = all.iter().find(|entry| entry["ref"] == reference).unwrap();
            next.extend(entry["dependsOn"].as_array().unwrap().iter().map(|needed| needed.as_str().unwrap()));
        }
    }
    assert_eq!(reached, references);
}

#[test]
#[ignore = "builds the binary; `make supply` runs it"]
fn the_bill_is_the_same_each_time() {
    let first = bill();
    let mut again = Command::new(env!("CARGO_BIN_EXE_hlmc-supply"));
    assert_eq!(run(again.env("TZ", "Asia/Kolkata").env("HOSTNAME", "elsewhere")), first);
    assert!(!first.contains(root().canonicalize().unwrap().to_str().unwrap()), "the bill names this folder");
}
