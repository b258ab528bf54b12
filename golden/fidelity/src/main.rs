//! Measures whether job files come out of hlmc as the jobs that they were: `hlmc-fidelity DIR`.
//!
//! Each file below DIR that Nomad's parser takes goes two ways: imported and built again, and placed in `services/` of a lab and built. Nomad's
//! parser then reads what was built, and its JSON has to be that of the original. One thing is allowed to differ: the tag `hlmc-lab` in the
//! job's `meta`, which says whose job it is, is taken out before the comparison.
//!
//! Exit code 0: every file both ways, and half of them raised with fewer lines where `--half` asks for it. 1: less. 2: it couldn't be measured.
//! `--times` says how long it took, beside Nomad's own reading of the files.

mod files;
mod nomad;
mod times;
mod way;

use std::path::PathBuf;
use std::process::ExitCode;
use way::{Measured, measure};

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(message) => {
            say(&format!("error: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, String> {
    let (mut half, mut timed) = (false, false);
    let mut folder = None;
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--half") => half = true,
            Some("--times") => timed = true,
            _ if folder.is_none() => folder = Some(PathBuf::from(argument)),
            _ => return Err("one folder is measured at a time: `hlmc-fidelity [--half] [--times] DIR`".into()),
        }
    }
    let folder = folder.ok_or("name a folder of job files: `hlmc-fidelity [--half] [--times] DIR`")?;
    let files = files::job_files(&folder)?;
    let originals = nomad::read(files.iter().map(|file| folder.join(file)))?;
    let mut readable = Vec::new();
    let mut refused = 0;
    for (file, original) in files.into_iter().zip(originals) {
        match original {
            Ok(read) => {
                if let Some(reason) = &read.refused {
                    say(&format!(
                        "Nomad refuses it once it is registered, so hlmc may too: {file}: {}",
                        first_line(reason)
                    ));
                }
                readable.push((file, read));
            }
            Err(reason) => {
                refused += 1;
                say(&format!("left out, since Nomad doesn't read it: {file}: {reason}"));
            }
        }
    }
    let measured = measure(&folder, &readable)?;
    if timed {
        let files: Vec<String> = readable.iter().map(|(file, _)| file.clone()).collect();
        times::times(&folder, &files)?.iter().for_each(|line| say(line));
    }
    Ok(report(&measured, refused, half))
}

fn report(measured: &[Measured], refused: usize, half: bool) -> bool {
    for one in measured {
        for (way, wrong) in [("import", &one.imported), ("services/", &one.placed)] {
            for reason in wrong {
                say(&format!("{way}: {}: {reason}", one.file));
            }
        }
        if let (Some(reason), false) = (&one.kept, one.is_service) {
            say(&format!("kept as `job`: {}: {reason}", one.file));
        }
    }
    let total = measured.len();
    let count = |holds: &dyn Fn(&Measured) -> bool| measured.iter().filter(|one| holds(one)).count();
    let (imported, placed) = (count(&|one| one.imported.is_empty()), count(&|one| one.placed.is_empty()));
    let raised = count(&|one| one.is_service);
    let shorter = count(&|one| one.is_service && one.lines < one.lines_before);
    let (before, after): (usize, usize) =
        (measured.iter().map(|one| one.lines_before).sum(), measured.iter().map(|one| one.lines).sum());
    say(&format!("{total} job files, {refused} more that Nomad doesn't read"));
    say(&format!("equal after import and build:       {imported}/{total}"));
    say(&format!("equal after a build from services/: {placed}/{total}"));
    say(&format!("raised to `service`: {raised}/{total}, of these with fewer lines: {shorter}"));
    say(&format!("lines: {before} before, {after} after"));
    imported == total && placed == total && (!half || shorter * 2 >= total)
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| line.starts_with('*')).or(text.lines().next()).unwrap_or_default()
}

#[allow(clippy::print_stdout, reason = "the report of a command")]
fn say(line: &str) {
    println!("{line}");
}
