//! `accept`: has every artifact of a bundle accepted by the program that will read it.
//!
//! Without arguments it builds the root lab and the labs under `golden/labs/` with `target/release/hlmc` and tries
//! their bundles; with arguments, each is the folder of a bundle that is there already.

mod address;
mod agent;
mod bundle;
mod check;
mod cluster;
mod engine;
mod lab;
mod pattern;
mod program;
mod rule;
mod site;
mod table;
mod trial;
mod vault;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bundle::Bundle;
use program::Program;
use rule::RULES;
use site::Scratch;
use trial::Trial;

fn main() -> ExitCode {
    match accept() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("error: {error}\n"));
            ExitCode::from(2)
        }
    }
}

/// Tries all bundles and says what came of it; `true` when nothing was refused.
fn accept() -> Result<bool, String> {
    let repository = repository()?;
    let programs = find_programs(&repository.join("golden/consumers"))?;
    let scratch = Scratch::new()?;
    let given: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let bundles = if given.is_empty() {
        lab::build_all(&repository, scratch.path())?
    } else {
        given.iter().map(|root| Bundle::read(&root.display().to_string(), root)).collect::<Result<Vec<_>, _>>()?
    };
    let mut trial = Trial::new(programs);
    for bundle in &bundles {
        trial.run(bundle, scratch.path())?;
    }
    let (passed, failed) = trial.counts();
    say(&format!("\n{}\n{passed} passed, {failed} failed\n", table::draw(&trial.rows())));
    Ok(failed == 0)
}

/// The root of the repository, two folders above this crate.
fn repository() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().map_err(|error| format!("cannot find `{}`: {error}", root.display()))
}

/// Finds every program that a rule names, and those that the checks use besides.
fn find_programs(consumers: &Path) -> Result<Vec<Program>, String> {
    let mut names: Vec<&'static str> = RULES.iter().map(|rule| rule.program).collect();
    names.extend(["sh", "diff"]);
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| Program::find(name, consumers)).collect()
}

/// Prints to standard output; a closed pipe is nobody's loss.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
