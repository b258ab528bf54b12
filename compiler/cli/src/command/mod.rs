//! The commands, a file each. Each says how it ended.

mod audit;
mod build;
mod check;
mod explain;
mod fmt;
mod import;
mod init;
mod lock;
mod outdated;
mod secrets;
mod whatif;

use crate::args::Command;
use crate::disk::DiskWorld;
use crate::failure::Failure;
use crate::render::{Pages, text};
use crate::settings::LabSettings;
use crate::terminal;
use hlmc_core::diagnostic::{Diagnostic, Severity};
use hlmc_core::source::Sources;
use hlmc_core::{Compiled, Locking};
use std::path::Path;

/// How a command ended, when nothing stopped it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: it worked, and what it looked at has errors.
    Errors,
}

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Audit(args) => audit::audit(&args),
        Command::Build(args) => build::build(&args),
        Command::Check(args) => check::check(&args),
        Command::Init(args) => init::init(&args),
        Command::Explain(args) => explain::explain(&args),
        Command::Fmt(args) => fmt::fmt(&args),
        Command::Import(args) => import::import(&args),
        Command::Lock(args) => lock::lock(&args),
        Command::Outdated(args) => outdated::outdated(&args),
        Command::Secrets(command) => secrets::secrets(&command),
        Command::Whatif(args) => whatif::whatif(&args),
    }
}

/// What a build does with the lock.
const fn locking(locked: bool) -> Locking {
    if locked { Locking::Required } else { Locking::Applied }
}

/// Opens the lab's folder.
fn open(lab: &LabSettings) -> Result<DiskWorld, Failure> {
    DiskWorld::open(&lab.root).map_err(|error| Failure::io("open the lab", &lab.root, &error))
}

/// Says what is wrong, but for advice, which is for whoever asks with `hlmc check`; whether there is some.
fn say_what_is_wrong(compiled: &Compiled, shown: &Path) -> bool {
    let advice = |found: &&Diagnostic| found.severity == Severity::Advice;
    let wrong: Vec<Diagnostic> = compiled.diagnostics.iter().filter(|found| !advice(found)).cloned().collect();
    if !wrong.is_empty() {
        terminal::say(&text(&wrong, &pages(compiled, shown), terminal::look()));
    }
    wrong.len() < compiled.diagnostics.len()
}

/// The texts that a compilation's diagnostics are about. `shown` is put before each path.
fn pages(compiled: &Compiled, shown: &Path) -> Pages {
    diagnosed_pages(&compiled.sources, &compiled.diagnostics, shown)
}

fn diagnosed_pages(sources: &Sources, diagnostics: &[Diagnostic], shown: &Path) -> Pages {
    let files = diagnostics.iter().flat_map(|diagnostic| {
        let labels = [&diagnostic.primary].into_iter().chain(&diagnostic.secondary).map(|label| label.span.file);
        labels.chain(diagnostic.fix.iter().map(|fix| fix.span.file))
    });
    Pages::new(sources, files, shown)
}
