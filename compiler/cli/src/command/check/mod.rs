//! `hlmc check`: says what is wrong with a lab and writes nothing, or with `--fix` what is offered.

mod fix;
mod seen;
mod unsaved;
mod watch;

use super::{Outcome, locking, open, pages};
use crate::args::{CheckArgs, Format};
use crate::failure::Failure;
use crate::render::{Tally, github, json, sarif, short, text};
use crate::settings::{LabSettings, working_folder};
use crate::terminal;
use hlmc_core::Compiled;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read as _};
use std::mem::ManuallyDrop;
use std::path::{Component, Path, PathBuf};
use unsaved::Unsaved;

pub(crate) fn check(args: &CheckArgs) -> Result<Outcome, Failure> {
    if args.watch {
        return watch::watch(args);
    }
    // The process ends soon, which frees all of it at once.
    let (lab, compiled) = match &args.path {
        Some(path) => check_unsaved(args, path)?,
        None => {
            let lab = LabSettings::resolve(&args.lab)?;
            let world = open(&lab)?;
            let compiled = match args.fix {
                true => fix::fix(args, &lab, &world)?,
                false => hlmc_core::check_with(&world, locking(args.locked)),
            };
            (lab, ManuallyDrop::new(compiled))
        }
    };
    report(&compiled, &lab, args.format)?;
    if compiled.diagnostics.is_empty() && args.format == Format::Text {
        terminal::mention("no problems found");
    }
    Ok(if Tally::of(&compiled.diagnostics).errors == 0 { Outcome::Done } else { Outcome::Errors })
}

/// Checks the lab of a file with the text on stdin in its place.
fn check_unsaved(args: &CheckArgs, path: &Path) -> Result<(LabSettings, ManuallyDrop<Compiled>), Failure> {
    let lab = LabSettings::of_file(&args.lab, path)?;
    let file = lab.path_of(path)?;
    let mut text = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut text);
    read.map_err(|error| Failure::io("read", Path::new("<stdin>"), &error))?;
    let world = open(&lab)?;
    let mut unsaved = Unsaved::new(&world);
    unsaved.insert(file, text);
    let compiled = ManuallyDrop::new(hlmc_core::check_with(&unsaved, locking(args.locked)));
    Ok((lab, compiled))
}

/// Prints what was found; whether somebody reads it.
fn report(compiled: &Compiled, lab: &LabSettings, format: Format) -> Result<bool, Failure> {
    let found = &compiled.diagnostics;
    Ok(match format {
        Format::Text => terminal::try_say(&text(found, &pages(compiled, &lab.shown), terminal::look())),
        Format::Short => terminal::try_print(&short(found, &pages(compiled, &lab.shown))),
        Format::Json => terminal::try_print(&json(found, &pages(compiled, Path::new("")), &lab.root)),
        Format::Sarif => {
            let below = lab.shown.components().all(|part| matches!(part, Component::Normal(_)));
            let shown = if below { &lab.shown } else { &lab.root };
            terminal::try_print(&sarif(found, &pages(compiled, shown), &working_folder()?))
        }
        Format::Github => {
            let workspace = env::var_os("GITHUB_WORKSPACE");
            terminal::try_print(&github(found, &pages(compiled, &in_workspace(lab, workspace.as_deref()))))
        }
    })
}

/// The lab's folder as GitHub names it: from the root of the repository, wherever the step works.
fn in_workspace(lab: &LabSettings, workspace: Option<&OsStr>) -> PathBuf {
    let workspace = workspace.and_then(|folder| fs::canonicalize(folder).ok());
    let below = workspace.as_ref().and_then(|folder| lab.root.strip_prefix(folder).ok());
    below.unwrap_or(&lab.shown).to_owned()
}
