//! `hlmc check`: says what is wrong with a lab and writes nothing.

use super::{Outcome, locking, open, pages};
use crate::args::{CheckArgs, Format};
use crate::failure::Failure;
use crate::render::{Tally, json, short, text};
use crate::settings::LabSettings;
use crate::terminal;
use std::mem::ManuallyDrop;
use std::path::Path;

pub(crate) fn check(args: &CheckArgs) -> Result<Outcome, Failure> {
    let lab = LabSettings::resolve(&args.lab)?;
    // The process ends soon, which frees all of it at once.
    let compiled = ManuallyDrop::new(hlmc_core::check_with(&open(&lab)?, locking(args.locked)));
    let found = &compiled.diagnostics;
    match args.format {
        Format::Text => terminal::say(&text(found, &pages(&compiled, &lab.shown), terminal::look())),
        Format::Short => terminal::print(&short(found, &pages(&compiled, &lab.shown))),
        Format::Json => terminal::print(&json(found, &pages(&compiled, Path::new("")), &lab.root)),
    }
    if found.is_empty() && args.format == Format::Text {
        terminal::mention("no problems found");
    }
    Ok(if Tally::of(found).errors == 0 { Outcome::Done } else { Outcome::Errors })
}
