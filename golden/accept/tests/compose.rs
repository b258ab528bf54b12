//! Nomad takes every job that a Compose file becomes: `golden/compose` is imported with the real command, completed as a person would,
//! built with the real command, and read by Nomad's own parser and validation.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "this is all test code")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a command prints; it has to end well.
fn run(command: &mut Command) -> String {
    let output = command.env_remove("NOMAD_ADDR").output().expect("`make accept` builds what this needs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

/// Takes up the nodes that an imported lab offers, and gives open values a value.
fn complete(folder: &Path) {
    for entry in fs::read_dir(folder.join("nodes")).unwrap() {
        let file = entry.unwrap().path();
        let text = fs::read_to_string(&file).unwrap();
        let at = text.find("// node").unwrap_or_default();
        let lines: Vec<&str> = text[at..].lines().map(|line| line.strip_prefix("// ").unwrap_or(line)).collect();
        fs::write(&file, lines.join("\n")).unwrap();
    }
    let file = folder.join("lab.kdl");
    let text = fs::read_to_string(&file).unwrap();
    let open = |line: &str| line.trim_start().starts_with("// ") && line.ends_with("\"…\"");
    let given =
        |line: &str| if open(line) { line.replace("// ", "").replace('…', "complete") } else { line.to_owned() };
    fs::write(&file, text.lines().map(given).collect::<Vec<_>>().join("\n")).unwrap();
}

#[test]
#[ignore = "needs the real Nomad: `make accept`"]
fn nomad_takes_every_job_of_an_imported_compose_file() {
    let hlmc = root().join("target/release/hlmc");
    let nomad = root().join("golden/consumers/bin/nomad");
    let mut jobs = 0;
    for case in fs::read_dir(root().join("golden/compose")).unwrap().map(|entry| entry.unwrap().path()) {
        if !case.join("expected").is_dir() {
            continue;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compose").join(case.file_name().unwrap());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        let mut names = fs::read_dir(case.join("given")).unwrap().map(|entry| entry.unwrap().path());
        let named =
            |path: &PathBuf| path.to_str().is_some_and(|it| it.contains("compose.y") && !it.contains("override"));
        let file = names.find(named).expect("a Compose file");
        run(Command::new(&hlmc).arg("import").arg(file).arg("--out").arg(&folder));
        complete(&folder);
        run(Command::new(&hlmc).args(["build", "--lab"]).arg(&folder));
        for job in fs::read_dir(folder.join("out/nomad/jobs/default")).unwrap().map(|entry| entry.unwrap().path()) {
            let said = run(Command::new(&nomad).args(["job", "validate"]).arg(&job));
            assert!(said.contains("successful"), "{}: {said}", job.display());
            jobs += 1;
        }
    }
    println!("Nomad took {jobs} jobs");
    assert!(jobs > 10);
}
