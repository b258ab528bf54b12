//! The golden cases: every lab with its expected bundle, every fault with what is said about it, every Compose file and folder of job
//! files with the lab that it becomes; a test a folder.
//!
//! `HLMC_BLESS=1` takes what comes out now as what is expected.

#![allow(clippy::unwrap_used, reason = "this is all test code")]

mod fault;
mod import;
mod imported;
mod lab;
mod made;

use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("lab::the-root-lab", || lab::is_quiet(&root()))];
    // A case without what is expected shows up as ignored: `make bless`, read it, and it is a test.
    let open = |expected: PathBuf| !expected.exists() && !blessing();
    for (name, folder) in folders("golden/labs") {
        let ignored = open(folder.join("expected"));
        trials.push(Trial::test(format!("lab::{name}"), move || lab::matches(&folder)).with_ignored_flag(ignored));
    }
    for (name, folder) in folders("golden/faults") {
        let ignored = open(folder.join("expected.txt"));
        trials.push(Trial::test(format!("fault::{name}"), move || fault::matches(&folder)).with_ignored_flag(ignored));
    }
    for (name, folder) in folders("golden/compose") {
        let ignored = open(folder.join("expected.txt"));
        trials.push(
            Trial::test(format!("compose::{name}"), move || imported::matches(&folder)).with_ignored_flag(ignored),
        );
    }
    for (name, folder) in folders("golden/imports") {
        let ignored = open(folder.join("expected")) && open(folder.join("said.txt"));
        trials
            .push(Trial::test(format!("import::{name}"), move || import::matches(&folder)).with_ignored_flag(ignored));
    }
    trials.extend(made::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The root of the project.
fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

/// The folders in one of the project's folders, sorted.
fn folders(path: &str) -> Vec<(String, PathBuf)> {
    let Ok(entries) = fs::read_dir(root().join(path)) else { return Vec::new() };
    let mut folders: Vec<(String, PathBuf)> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .collect();
    folders.sort();
    folders
}

/// `hlmc` in a folder, with nothing around it that could change what it prints.
fn hlmc(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hlmc"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    command
}

fn blessing() -> bool {
    std::env::var_os("HLMC_BLESS").is_some_and(|value| value == "1")
}

/// Compares a text with the file that holds the expected one.
fn compare(found: &str, file: &Path) -> Result<(), Failed> {
    if blessing() {
        if fs::read_to_string(file).ok().as_deref() != Some(found) {
            fs::create_dir_all(file.parent().unwrap())?;
            fs::write(file, found)?;
        }
        return Ok(());
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == found {
        return Ok(());
    }
    Err(format!("{}: {}\n`make bless` accepts it", file.display(), difference(&expected, found)).into())
}

/// The first line in which two texts differ, with what is around it.
fn difference(expected: &str, found: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let at = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let some = |lines: &[&str], sign: &str| -> String {
        lines.iter().skip(at).take(8).map(|line| format!("{sign} {line}\n")).collect()
    };
    format!("differs from line {}\n{}{}", at + 1, some(&old, "-"), some(&new, "+"))
}
