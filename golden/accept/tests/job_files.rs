//! Nomad reads the same job from a job file in a lab as from the bundle: every field of its JSON, whatever the file computes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is all test code")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tag that the compiler adds to every job.
const OWNER: &str = "hlmc-lab";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The job as Nomad's command line would send it.
fn read(file: &Path, variables: &[&str]) -> Value {
    let mut nomad = Command::new(root().join("golden/consumers/bin/nomad"));
    // Paths in a job file are read from where the command runs.
    nomad.args(["job", "run", "-output"]).args(variables).arg(file).current_dir(file.parent().unwrap());
    let output = nomad.output().expect("nomad is built by `make accept`");
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Takes the owner's tag away, and the map that it alone was in.
fn without_owner(mut job: Value) -> Value {
    let meta = &mut job["Job"]["Meta"];
    meta.as_object_mut().expect("the owner's tag").remove(OWNER).expect("the owner's tag");
    if meta.as_object().unwrap().is_empty() {
        *meta = Value::Null;
    }
    job
}

#[test]
#[ignore = "needs the real Nomad: `make accept`"]
fn nomad_reads_the_same_job_from_a_job_file_and_from_the_bundle() {
    let lab = root().join("golden/labs/job-files");
    let values = lab.join("services/web/web.vars.hcl");
    let values = format!("-var-file={}", values.display());
    for (file, job, variables) in [
        ("expressions/expressions.nomad.hcl", "expressions", vec![]),
        ("legacy/legacy.nomad", "legacy", vec![]),
        ("web/web.nomad.hcl", "web", vec![values.as_str(), "-var=owner=anna"]),
    ] {
        let before = read(&lab.join("services").join(file), &variables);
        let after = read(&lab.join(format!("expected/nomad/jobs/default/{job}.nomad.hcl")), &[]);
        assert_eq!(before, without_owner(after), "{file}");
    }
}
