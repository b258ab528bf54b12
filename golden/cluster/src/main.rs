//! `cluster`: brings a lab up on one computer, with a namespace for each machine, and proves what its bundle promises.

mod agents;
mod cluster;
mod facts;
mod image;
mod lan;
mod machine;
mod program;
mod prove;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cluster::Cluster;

const USAGE: &str = "usage: cluster up | down | enter MACHINE [COMMAND...] | prove [WORD...] | try [WORD...]";

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let repository = repository()?;
    match words.as_slice() {
        ["up"] => Cluster::up(&repository)?.welcome(),
        ["down"] => cluster::down(&repository)?,
        ["prove", words @ ..] => return Ok(code(prove::prove(&repository, words)?)),
        ["try", words @ ..] => return Ok(code(prove::try_cases(&Cluster::that_is_up(&repository)?, words) == 0)),
        ["enter", machine, command @ ..] => return Cluster::that_is_up(&repository)?.enter(machine, command),
        _ => {
            say(USAGE);
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn code(good: bool) -> ExitCode {
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The root of the repository, two folders above this crate.
fn repository() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().map_err(|error| format!("cannot find `{}`: {error}", root.display()))
}

/// Prints a line to standard output; a closed pipe is nobody's loss.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
