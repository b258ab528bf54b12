//! Holds the harness itself: a sound bundle passes, and in a broken one every artifact is refused.
//!
//! The real programs are needed, so `make accept` runs these tests; `cargo test` alone leaves them out.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may fail a test")]

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the harness printed about a bundle, and whether it passed.
struct Outcome {
    output: String,
    passed: bool,
}

/// Copies a sample into a fresh folder of that name, and lists its files in `bundle.json`.
fn prepare(sample: &str, name: &str) -> (PathBuf, BTreeSet<String>) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(sample);
    let bundle = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name).join("out");
    let _ = std::fs::remove_dir_all(&bundle);
    let mut paths = BTreeSet::new();
    copy(&source, &bundle, Path::new(""), &mut paths);
    let files: Vec<serde_json::Value> = paths.iter().map(|path| entry(&bundle, path)).collect();
    let list = serde_json::json!({ "files": files }).to_string();
    std::fs::write(bundle.join("bundle.json"), list).unwrap();
    (bundle, paths)
}

/// What `bundle.json` says of a file.
fn entry(bundle: &Path, path: &str) -> serde_json::Value {
    let file = bundle.join(path);
    let printed = Command::new("sha256sum").arg(&file).output().unwrap().stdout;
    let sum = String::from_utf8(printed).unwrap().split_whitespace().next().unwrap().to_owned();
    let mode = format!("{:o}", file.metadata().unwrap().permissions().mode() & 0o7777);
    serde_json::json!({ "path": path, "sha256": sum, "mode": mode })
}

/// Has the harness try a bundle.
fn run(bundle: &Path) -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_accept")).arg(bundle).output().unwrap();
    Outcome { output: String::from_utf8(output.stdout).unwrap(), passed: output.status.success() }
}

fn copy(from: &Path, to: &Path, inside: &Path, paths: &mut BTreeSet<String>) {
    std::fs::create_dir_all(to.join(inside)).unwrap();
    for entry in std::fs::read_dir(from.join(inside)).unwrap() {
        let path = inside.join(entry.unwrap().file_name());
        if from.join(&path).is_dir() {
            copy(from, to, &path, paths);
        } else {
            std::fs::copy(from.join(&path), to.join(&path)).unwrap();
            paths.insert(path.to_str().unwrap().to_owned());
        }
    }
}

/// The artifacts that the harness says are refused.
fn refused(output: &str) -> BTreeSet<String> {
    output
        .lines()
        .filter(|line| line.starts_with("refused "))
        .filter_map(|line| line.split(": ").nth(1))
        .map(str::to_owned)
        .collect()
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_sound_bundle_passes_and_a_file_that_is_not_listed_fails_it() {
    let (bundle, _) = prepare("good", "good");
    let outcome = run(&bundle);
    assert!(outcome.passed, "{}", outcome.output);
    assert_eq!(refused(&outcome.output), BTreeSet::new());
    assert!(outcome.output.ends_with(" passed, 0 failed\n"), "{}", outcome.output);

    std::fs::write(bundle.join("stray"), "").unwrap();
    let outcome = run(&bundle);
    assert!(!outcome.passed, "{}", outcome.output);
    assert!(outcome.output.contains("`stray` is in the bundle but not in `bundle.json`"));
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_file_that_is_not_what_the_list_says_is_refused() {
    let (bundle, _) = prepare("good", "altered");
    let page = bundle.join("report/index.html");
    std::fs::write(&page, "other").unwrap();
    std::fs::set_permissions(&page, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(bundle.join("../out.zip"), "no zip").unwrap();
    let outcome = run(&bundle);
    let expected = BTreeSet::from(["bundle.json".to_owned(), "../out.zip".to_owned()]);
    assert_eq!(refused(&outcome.output), expected, "{}", outcome.output);
    assert!(outcome.output.contains("report/index.html: FAILED"), "{}", outcome.output);
    assert!(outcome.output.contains("report/index.html: has mode 600, and 644 is listed"), "{}", outcome.output);
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn every_artifact_of_a_broken_bundle_is_refused() {
    let (bundle, paths) = prepare("broken", "broken");
    let outcome = run(&bundle);
    assert!(!outcome.passed, "{}", outcome.output);
    let refused = refused(&outcome.output);
    // The jobs need one node with sound agents to be planned for.
    let sound = ["nodes/nas/etc/nomad.d/", "nodes/nas/etc/consul.d/"];
    for path in paths.iter().filter(|path| !sound.iter().any(|folder| path.starts_with(folder))) {
        // Agent configuration is read a folder at a time.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        assert!(refused.contains(path) || refused.contains(folder), "`{path}` was not refused:\n{}", outcome.output);
    }
}
