//! The fault matrix: which of the programs that read a bundle find each fault of `golden/faults/` before anything runs, beside hlmc.
//!
//! The programs are given what they would read: job files as they are, and what hlmc would write if it didn't stop at its own errors.
//! What hlmc's own words say wrongly never gets that far, so there they can't be asked. `HLMC_BLESS=1` writes `docs/faults.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "this is all test code")]

mod planned;

use hlmc_core::analyze::analyze;
use hlmc_core::source::MemoryWorld;
use hlmc_core::{Compiled, check, emit};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use planned::{Planned, Planner};

const HEAD: &str = "# What finds which fault before anything runs

Each row is a case of [`golden/faults/`](../golden/faults), written by a test of `make accept`. The programs are given what they would read: job files as they are, and what hlmc would
write if it didn't stop at its errors. `no` means that the program takes it; an empty cell, that the fault never gets to it: it stands in hlmc's own words, or hlmc leaves it out.
A job file whose variables get their values from elsewhere counts as found by Nomad.

`nomad job plan` needs a cluster: it asks a real server, with which the lab's nodes are registered. Their configuration is the bundle's; the rest is what an agent would find on
such a machine, with CNI, and the Consul and Vault that the lab has. A node without a `capacity` has room for all; volumes of storage plugins are there once a job of the lab
runs their plugin. `found` means that a job of the lab is refused, can't be placed whole, or is warned of, by whatever part of it, while nothing runs yet. `later` means
that a plan says so of one job once others of the lab were run, in the order of their names; nothing is started on these nodes, so what only a start would show is `no`.

";

/// The programs, in the order of the columns.
const ASKED: [&str; 5] =
    ["`nomad job validate`", "`nomad job plan`", "`nomad config validate`", "`consul validate`", "`caddy validate`"];

/// The column of the program that knows what other jobs run.
const PLAN: usize = 1;

/// The codes of what is wrong with a lab as a whole: all of it is in the bundle.
fn is_whole(code: &str) -> bool {
    check::ALL.iter().any(|known| known.name == code)
}

#[test]
#[ignore = "needs the real programs: `make accept`"]
fn hlmc_finds_every_fault_and_others_are_asked_too() {
    let scratch = std::env::temp_dir().join(format!("hlmc-matrix-{}", std::process::id()));
    let mut planner = Planner::start(&scratch.join("planner"));
    let mut text = format!("{HEAD}| fault | hlmc | {} |\n|---|---|{}\n", ASKED.join(" | "), "---|".repeat(ASKED.len()));
    let mut found = [0; ASKED.len()];
    let mut later = 0;
    let mut holes = Vec::new();
    let folders = folders(&root().join("golden/faults"));
    for (name, folder) in &folders {
        let compiled = check(&world(folder));
        let cells = others(&compiled, folder, &scratch.join("cases").join(name), &mut planner);
        for (count, cell) in found.iter_mut().zip(&cells) {
            *count += usize::from(*cell == "found");
            later += usize::from(*cell == "later");
        }
        if compiled.diagnostics.is_empty() {
            holes.push(name.clone());
        }
        text.push_str(&format!("| {name} | found | {} |\n", cells.join(" | ")));
    }
    let _ = fs::remove_dir_all(&scratch);
    let mut counts = found.map(|count| count.to_string());
    counts[PLAN].push_str(&format!(", {later} later"));
    text.push_str(&format!("| {} faults | {} | {} |\n", folders.len(), folders.len(), counts.join(" | ")));
    println!("{text}");
    assert_eq!(holes, Vec::<String>::new(), "hlmc says nothing");
    let page = root().join("docs/faults.md");
    if std::env::var_os("HLMC_BLESS").is_some_and(|value| value == "1") {
        fs::write(&page, &text).unwrap();
    }
    // A case that is new needs no other answer to be right.
    let page = fs::read_to_string(&page).unwrap_or_default();
    for row in text.lines().filter(|line| line.contains("| found |")) {
        let name = row.split(" | ").next().unwrap();
        let known = page.lines().find(|line| line.split(" | ").next() == Some(name));
        assert_eq!(known.unwrap_or(row), row, "`HLMC_BLESS=1` writes the page");
    }
}

#[test]
#[ignore = "needs the real programs: `make accept`"]
fn nomad_plans_every_lab_without_a_word() {
    let scratch = std::env::temp_dir().join(format!("hlmc-planned-{}", std::process::id()));
    let mut planner = Planner::start(&scratch.join("planner"));
    let mut planned = 0;
    let mut labs: Vec<_> =
        folders(&root().join("golden/labs")).iter().map(|(name, it)| (name.clone(), world(it))).collect();
    labs.push(("the catalogue".to_owned(), catalogue()));
    for (name, world) in labs {
        let compiled = check(&world);
        let lab = compiled.lab.as_ref().unwrap();
        let bundle = scratch.join("labs").join(&name);
        let mut jobs = Vec::new();
        for artifact in emit::bundle(&analyze(lab)).artifacts {
            write(&bundle, &artifact.path, &artifact.bytes);
            if artifact.path.starts_with("nomad/jobs/") {
                jobs.push(bundle.join(artifact.path));
            }
        }
        planned += jobs.len();
        let answer = planner.ask(&Planned { lab, bundle: &bundle, deployed: jobs.clone(), jobs });
        assert_eq!(answer, serde_json::json!({ "alone": [], "beside": [] }), "{name}");
    }
    let _ = fs::remove_dir_all(&scratch);
    assert!(planned > 45, "{planned} jobs");
}

/// What each program says of a fault: `found`, `no`, or nothing where it isn't given any of it.
fn others(compiled: &Compiled, folder: &Path, scratch: &Path, planner: &mut Planner) -> [&'static str; ASKED.len()] {
    let mut jobs = BTreeMap::new();
    let mut files = BTreeMap::new();
    for (path, bytes) in lab_files(folder) {
        if path.ends_with(".nomad.hcl") || path.ends_with(".nomad") {
            jobs.insert(path, bytes);
        }
    }
    // What earlier stages find wrong they leave out, but for what Nomad refuses in a job that is written in its own words.
    let reached = compiled.diagnostics.iter().any(|it| {
        let text = compiled.sources.get(it.primary.span.file).map_or("", |source| &source.text);
        is_whole(it.code.name) || it.code.name == "bad-value" && text.lines().any(|line| line.starts_with("job \""))
    });
    let mut emitted = BTreeSet::new();
    if let Some(lab) = &compiled.lab
        && let Ok(bundle) = catch_unwind(AssertUnwindSafe(|| emit::bundle(&analyze(lab))))
    {
        for artifact in bundle.artifacts {
            let is_job = artifact.path.starts_with("nomad/jobs/");
            // Plans are made on the nodes of the lab, also those of files beside what hlmc reads.
            write(scratch, &artifact.path, &artifact.bytes);
            if is_job && reached {
                emitted.insert(artifact.path.clone());
            }
            if reached {
                let into = if is_job { &mut jobs } else { &mut files };
                into.insert(artifact.path, artifact.bytes);
            }
        }
    }
    for (path, bytes) in &jobs {
        write(scratch, path, bytes);
    }
    let agents = |program: &str| -> BTreeSet<PathBuf> {
        let part = format!("/etc/{program}.d/");
        let found = files.keys().filter(|path| path.contains(&part));
        found.map(|path| scratch.join(path).parent().unwrap().to_owned()).collect()
    };
    let caddyfiles = files.keys().filter(|path| path.ends_with("Caddyfile")).map(|path| scratch.join(path)).collect();
    let jobs: Vec<PathBuf> = jobs.keys().map(|path| scratch.join(path)).collect();
    let deployed =
        if emitted.is_empty() { jobs.clone() } else { emitted.iter().map(|path| scratch.join(path)).collect() };
    [
        validated(&jobs),
        compiled.lab.as_ref().map_or("", |lab| planner.plan(&Planned { lab, bundle: scratch, jobs, deployed })),
        asked("nomad", &["config", "validate"], &agents("nomad"), scratch),
        asked("consul", &["validate"], &agents("consul"), scratch),
        asked("caddy", &["validate", "--adapter", "caddyfile", "--config"], &caddyfiles, scratch),
    ]
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// What Nomad's own parser and validation say of these jobs.
fn validated(jobs: &[PathBuf]) -> &'static str {
    if jobs.is_empty() {
        return "";
    }
    let mut nomad = Command::new(program("nomad-batch"));
    nomad.env_remove("NOMAD_ADDR").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = nomad.spawn().expect("nomad-batch is built by `make accept`");
    let lines: String = jobs.iter().map(|path| format!("{}\n", path.display())).collect();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let refused = |line: &str| {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        !answer["error"].is_null()
    };
    if answers.lines().any(refused) { "found" } else { "no" }
}

/// Whether a program refuses one of these.
fn asked(name: &str, args: &[&str], what: &BTreeSet<PathBuf>, scratch: &Path) -> &'static str {
    if what.is_empty() {
        return "";
    }
    let refuses = |path: &PathBuf| {
        let mut command = Command::new(program(name));
        command.args(args).arg(path).env("HOME", scratch).env("XDG_DATA_HOME", scratch).stdin(Stdio::null());
        !command.output().expect("built by `make accept`").status.success()
    };
    if what.iter().any(refuses) { "found" } else { "no" }
}

fn program(name: &str) -> PathBuf {
    root().join("golden/consumers/bin").join(name)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn folders(parent: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(parent).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut found: Vec<(String, PathBuf)> =
        entries.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path)).collect();
    found.sort();
    found
}

/// The files of a lab by their paths.
fn lab_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut open = vec![folder.to_owned()];
    let mut found = Vec::new();
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(&inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(bytes) = fs::read(&path) {
                found.push((path.strip_prefix(folder).unwrap().to_string_lossy().into_owned(), bytes));
            }
        }
    }
    found
}

/// The lab that runs the whole catalogue: the repository's own.
fn catalogue() -> MemoryWorld {
    let mut world = MemoryWorld::default();
    world.insert("lab.kdl", fs::read(root().join("lab.kdl")).unwrap());
    for inside in ["nodes", "services", "integrations"] {
        for (path, bytes) in lab_files(&root().join(inside)) {
            world.insert(format!("{inside}/{path}"), bytes);
        }
    }
    world
}

fn world(folder: &Path) -> MemoryWorld {
    let mut world = MemoryWorld::default();
    for (path, bytes) in lab_files(folder) {
        world.insert(path, bytes);
    }
    world
}
