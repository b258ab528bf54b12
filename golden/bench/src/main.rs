//! Measures `hlmc` on generated labs, beside `cp -r` and plain writing of the same files in the same run.
//!
//! Times are ratios to that, and medians over rounds in alternating order: this is a report, never a test. `--smoke` only
//! sees whether it works, `--generate SERVICES NODES FOLDER` only writes a lab.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the report is what this is for")]

mod generate;
mod lab;
mod measure;
mod report;
mod watch;

use generate::Size;
use lab::Lab;
use measure::Task;
use report::{Figure, Measured, Times};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use wait4::Wait4 as _;

/// The labs, and how many rounds of each.
const FULL: [(Size, usize); 4] = [
    (Size { services: 50, nodes: 3 }, 15),
    (Size { services: 200, nodes: 20 }, 11),
    (Size { services: 1000, nodes: 200 }, 7),
    (Size { services: 10_000, nodes: 200 }, 3),
];
const SMOKE: [(Size, usize); 1] = [(Size { services: 50, nodes: 3 }, 2)];

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match arguments.first().and_then(|first| first.to_str()) {
        Some("--memory-of") => memory_of(&arguments[1..]),
        Some("--generate") => write_lab(&arguments[1..]),
        Some("--smoke") => bench(&SMOKE),
        None => bench(&FULL),
        Some(_) => Err(io::Error::other("usage: hlmc-bench [--smoke | --generate SERVICES NODES FOLDER]")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a lab into a folder.
fn write_lab(arguments: &[OsString]) -> io::Result<()> {
    let number = |text: &OsString| text.to_str().and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    let [services, nodes, folder] = arguments else { return Err(io::Error::other("not three arguments")) };
    let (Some(services), Some(nodes)) = (number(services), number(nodes)) else {
        return Err(io::Error::other("not a number of services and of nodes"));
    };
    generate::generate(Size { services, nodes }, Path::new(folder))
}

/// Runs a command and prints the most memory it had, in bytes.
fn memory_of(command: &[OsString]) -> io::Result<()> {
    let [program, arguments @ ..] = command else { return Err(io::Error::other("no command")) };
    let used = Command::new(program).args(arguments).stdout(Stdio::null()).spawn()?.wait4()?;
    if !used.status.success() {
        return Err(io::Error::other(format!("{} ended with {}", program.display(), used.status)));
    }
    println!("{}", used.rusage.maxrss);
    Ok(())
}

fn bench(labs: &[(Size, usize)]) -> io::Result<()> {
    let program = std::env::current_exe()?;
    let target = program.parent().and_then(Path::parent).ok_or_else(|| io::Error::other("no target folder"))?;
    let hlmc = program.with_file_name("hlmc");
    if !hlmc.is_file() {
        return Err(io::Error::other(format!("{} isn't there: build it first", hlmc.display())));
    }
    let commit = commit();
    let mut figures = Vec::new();
    let mut growth = Vec::new();
    for (size, rounds) in labs {
        for (file_system, folder) in [("memory", Path::new("/dev/shm")), ("disk", target)] {
            let folder = folder.join(format!("hlmc-bench-{}", std::process::id()));
            let measured = measure(*size, *rounds, file_system, &folder, &hlmc)?;
            println!("{}", measured.table());
            figures.extend(measured.figures(&commit));
            growth.push(measured);
        }
    }
    println!("{}", report::growth(&growth));
    let file = target.join("bench.json");
    fs::write(&file, serde_json::to_string_pretty(&figures)? + "\n")?;
    complete(&file, labs)?;
    println!("wrote {}", file.display());
    Ok(())
}

fn measure(size: Size, rounds: usize, file_system: &'static str, folder: &Path, hlmc: &Path) -> io::Result<Measured> {
    let lab = Lab::make(size, folder, hlmc)?;
    rustix::fs::sync();
    let mut seconds = vec![Vec::new(); Task::ALL.len()];
    for round in 0..rounds {
        let mut tasks: Vec<_> = Task::ALL.iter().zip(&mut seconds).collect();
        if round % 2 == 1 {
            tasks.reverse(); // so that no task always comes after the same one
        }
        for (task, seconds) in tasks {
            seconds.push(task.time(&lab, round)?);
        }
    }
    let mut tasks = Vec::new();
    for (task, seconds) in Task::ALL.into_iter().zip(seconds) {
        let memory = if task.is_ours() { Some(task.memory(&lab)?) } else { None };
        tasks.push((task, Times::new(seconds), memory));
    }
    Ok(Measured { file_system, size, files: lab.files.len(), bytes: lab.bytes(), tasks })
}

/// Sees that `bench.json` has every name for every lab and file system.
fn complete(file: &PathBuf, labs: &[(Size, usize)]) -> io::Result<()> {
    let figures: Vec<Figure> = serde_json::from_slice(&fs::read(file)?)?;
    for (size, _) in labs {
        for file_system in ["memory", "disk"] {
            for task in Task::ALL.into_iter().filter(|task| task.is_ours()) {
                let found = figures.iter().any(|figure| {
                    figure.name == task.name()
                        && figure.file_system == file_system
                        && (figure.services, figure.nodes) == (size.services, size.nodes)
                        && figure.median_s > 0.0
                        && figure.max_rss_mib > 0.0
                });
                if !found {
                    let missing = format!("{} lacks {} of {size:?} on {file_system}", file.display(), task.name());
                    return Err(io::Error::other(missing));
                }
            }
        }
    }
    Ok(())
}

/// The commit that is measured, with `+` when files differ from it.
fn commit() -> String {
    let git = |args: &[&str]| Command::new("git").args(args).output().ok().filter(|output| output.status.success());
    let Some(head) = git(&["rev-parse", "HEAD"]) else { return "unknown".to_owned() };
    let changed =
        git(&["status", "--porcelain", "--untracked-files=no"]).is_some_and(|status| !status.stdout.is_empty());
    format!("{}{}", String::from_utf8_lossy(&head.stdout).trim(), if changed { "+" } else { "" })
}
