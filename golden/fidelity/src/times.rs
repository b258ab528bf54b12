//! How long importing and building again takes, beside Nomad's own reading of the same files.

use crate::nomad;
use crate::way::again;
use rayon::prelude::*;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each is measured; the median counts.
const ROUNDS: usize = 5;

/// The lines of a report.
pub(crate) fn times(folder: &Path, files: &[String]) -> Result<Vec<String>, String> {
    let imported = median(|| {
        files.par_iter().for_each(|file| drop(again(folder, file)));
        Ok(())
    })?;
    let parsed = median(|| nomad::read(files.iter().map(|file| folder.join(file))).map(drop))?;
    let started = Instant::now();
    for file in files {
        run(&folder.join(file))?;
    }
    let run = started.elapsed();
    let line = |what: &str, time: Duration| {
        let each = time.as_secs_f64() * 1000.0 / files.len() as f64;
        format!("{what}: {:.0} ms, {each:.2} a file", time.as_secs_f64() * 1000.0)
    };
    Ok(vec![
        line("imported, compared and built again, in one process", imported),
        line("read by Nomad's parser, in one process", parsed),
        line("`nomad job run -output`, a process a file", run),
    ])
}

fn median(mut work: impl FnMut() -> Result<(), String>) -> Result<Duration, String> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        work()?;
        times.push(started.elapsed());
    }
    times.sort();
    Ok(times[ROUNDS / 2])
}

fn run(file: &Path) -> Result<(), String> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../consumers/bin/nomad");
    let mut command = Command::new(&program);
    command.args(["job", "run", "-output"]).arg(file).stdout(Stdio::null()).stderr(Stdio::null());
    // What it refuses took its time too.
    command.status().map(drop).map_err(|error| format!("`{}` doesn't start: {error}", program.display()))
}
