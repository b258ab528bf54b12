//! `hlmc check --fix`: makes the changes that diagnostics offer, and those that show up then, and saves the files.

use super::super::locking;
use super::unsaved::Unsaved;
use crate::args::CheckArgs;
use crate::disk::DiskWorld;
use crate::failure::Failure;
use crate::render::printable;
use crate::settings::LabSettings;
use crate::terminal;
use crate::write::replace_file;
use hlmc_core::source::{Sources, World as _};
use hlmc_core::{Compiled, Mended, mend};
use std::collections::BTreeMap;

/// A change may bring to light what else is wrong; after so many rounds it is left to the next run.
const ROUNDS: usize = 10;

/// Fixes what can be fixed, and gives what is left. Nothing is saved before all changes are made.
pub(super) fn fix(args: &CheckArgs, lab: &LabSettings, world: &DiskWorld) -> Result<Compiled, Failure> {
    let mut unsaved = Unsaved::new(world);
    let mut compiled = hlmc_core::check_with(&unsaved, locking(args.locked));
    let mut before: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut done: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mended = mend(&compiled.sources, &compiled.diagnostics);
        if mended.is_empty() {
            break;
        }
        for file in mended {
            done.entry(file.path.clone()).or_default().extend(told(&file, &compiled.sources, lab));
            before.entry(file.path.clone()).or_insert(file.before.into_bytes());
            unsaved.insert(file.path, file.text.into_bytes());
        }
        compiled = hlmc_core::check_with(&unsaved, locking(args.locked));
    }
    let mut changes = 0;
    for (path, text) in unsaved.texts() {
        let shown = lab.shown.join(path);
        if world.read(path).ok().as_ref() != before.get(path) {
            return Err(Failure::new(format!("`{}` was changed meanwhile", shown.display())).help("run it again"));
        }
        let text = std::str::from_utf8(text).unwrap_or_default();
        replace_file(&lab.root.join(path), text).map_err(|error| Failure::io("write", &shown, &error))?;
        let lines = done.get(path).map(Vec::as_slice).unwrap_or_default();
        lines.iter().for_each(|line| terminal::say(line));
        changes += lines.len();
    }
    if changes > 0 {
        terminal::mention(&format!("fixed {changes} in {} files", unsaved.texts().len()));
    }
    Ok(compiled)
}

/// A line for each change of a file.
fn told(file: &Mended<'_>, sources: &Sources, lab: &LabSettings) -> Vec<String> {
    let line = |change: &(&str, &hlmc_core::diagnostic::Fix)| {
        let (code, fix) = change;
        let (line, column) = sources.line_column(fix.span.file, fix.span.start);
        let path = lab.shown.join(&file.path);
        let (old, new) = (sources.slice(fix.span), &fix.replacement);
        let change = match old {
            "" => format!("added `{new}`"),
            old => format!("`{old}` is now `{new}`"),
        };
        format!("{}:{line}:{column}: fixed[{code}] {}\n", path.display(), printable(&change))
    };
    file.changes.iter().map(line).collect()
}
