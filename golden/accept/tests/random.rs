//! Nomad takes every job of every random lab that compiles: `hlmc-fuzz` makes labs from the schema tables, and Nomad's own parser and
//! validation read what comes out, all in one process.
//!
//! `HLMC_LABS=100000` tries more of them, `HLMC_SEED=…` others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "this is all test code")]

use hlmc_fuzz::{Lab, Random, compiled, generate, smaller};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many labs are made, unless said otherwise.
const LABS: u64 = 10_000;

/// So many labs are put before Nomad at once.
const AT_ONCE: u64 = 2_000;

/// So many different refusals are shown, each by the smallest lab that was found.
const SHOWN: usize = 3;

#[test]
#[ignore = "needs the real Nomad: `make accept`"]
fn nomad_takes_every_random_lab_that_compiles() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (labs, seed) = (number("HLMC_LABS", LABS), number("HLMC_SEED", 0) * 1_000_000_000);
    let nomad = Nomad::new();
    let (mut compile, mut jobs) = (0, 0);
    let mut refused: BTreeMap<String, (Lab, usize)> = BTreeMap::new();
    for first in (0..labs).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let labs: Vec<Lab> =
            (first..labs.min(first + AT_ONCE)).map(|at| generate(&mut Random::new(seed + at))).collect();
        let made: Vec<(usize, String)> = labs
            .iter()
            .enumerate()
            .flat_map(|(at, lab)| self::jobs(lab).into_iter().map(move |job| (at, job)))
            .collect();
        let mut at: Vec<usize> = made.iter().map(|(at, _)| *at).collect();
        at.dedup();
        compile += at.len();
        jobs += made.len();
        for ((at, _), said) in made.iter().zip(nomad.judge(made.iter().map(|(_, job)| job.as_str()))) {
            if let Some(reason) = said {
                refused.entry(kind(&reason)).or_insert_with(|| (labs[*at].clone(), 0)).1 += 1;
            }
        }
    }
    println!("{compile} of {labs} random labs compile; Nomad read their {jobs} jobs");
    for (reason, (lab, count)) in refused.iter().take(SHOWN) {
        let same = |text: &str| {
            let jobs = self::jobs(&Lab::read(text.as_bytes()));
            nomad.judge(jobs.iter().map(String::as_str)).into_iter().flatten().any(|said| kind(&said) == *reason)
        };
        println!("refused {count} times: {reason}\n{}\n", smaller(String::from_utf8(lab.input()).unwrap(), same));
    }
    assert!(jobs > 0);
    assert!(refused.is_empty(), "{} kinds of refusals: {:#?}", refused.len(), refused.keys());
}

/// The jobs of a lab that compiles.
fn jobs(lab: &Lab) -> Vec<String> {
    let artifacts = compiled(lab).bundle.map(|bundle| bundle.artifacts).unwrap_or_default();
    let jobs = artifacts.into_iter().filter(|artifact| artifact.kind == "nomad-job");
    jobs.map(|job| String::from_utf8(job.bytes).unwrap()).collect()
}

/// What a refusal is about, without the names and numbers of the one job.
fn kind(reason: &str) -> String {
    let mut kind = String::new();
    for line in reason.lines() {
        let line: String = line.trim().chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        // `file:line,column-column: what; why`
        let line = line.split_once(": ").filter(|(place, _)| place.contains(".nomad.hcl:")).map_or(&*line, |it| it.1);
        if !line.ends_with("occurred:") && !line.ends_with("validation failed:") && !line.is_empty() {
            kind.push_str(line);
            break;
        }
    }
    kind
}

/// Nomad's parser and validation, and a folder for what they read.
struct Nomad {
    program: PathBuf,
    folder: PathBuf,
}

impl Nomad {
    fn new() -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../consumers/bin/nomad-batch");
        let program = program.canonicalize().expect("run `golden/consumers/build.sh` first");
        let folder = std::env::temp_dir().join(format!("hlmc-random-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self { program, folder }
    }

    /// Why each of these jobs is refused, if it is.
    fn judge<'j>(&self, jobs: impl Iterator<Item = &'j str>) -> Vec<Option<String>> {
        let mut paths = String::new();
        for (at, job) in jobs.enumerate() {
            let path = self.folder.join(format!("{at}.nomad.hcl"));
            fs::write(&path, job).unwrap();
            paths.push_str(&format!("{}\n", path.display()));
        }
        let mut command = Command::new(&self.program);
        let mut child = command.env_remove("NOMAD_ADDR").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let writer = std::thread::spawn(move || input.write_all(paths.as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert!(output.status.success());
        let said = String::from_utf8(output.stdout).unwrap();
        said.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["error"].as_str().map(str::to_owned))
            .collect()
    }
}

impl Drop for Nomad {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
