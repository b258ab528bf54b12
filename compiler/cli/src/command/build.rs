//! `hlmc build`: checks the lab and writes its bundle, unless there are errors; `--verify` looks whether it is there.

use super::{Outcome, locking, open, say_what_is_wrong};
use crate::args::BuildArgs;
use crate::failure::Failure;
use crate::settings::{BuildSettings, LabSettings};
use crate::terminal;
use crate::write::{Found, Target, Written, verify, write};
use hlmc_core::bundle::{Artifact, Bundle};
use std::collections::BTreeSet;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::{Duration, Instant};

pub(crate) fn build(args: &BuildArgs) -> Result<Outcome, Failure> {
    let start = Instant::now();
    let lab = LabSettings::resolve(&args.lab)?;
    let settings = BuildSettings::resolve(args, &lab);
    let (world, locking) = (open(&lab)?, locking(args.locked));
    // A zip holds all files, and what differs is told of the files in place by their names.
    let found = (!args.verify && settings.zip.is_none()).then(|| Found::at(&settings.out));
    let is_there = |artifact: &Artifact| found.as_ref().is_some_and(|found| found.has(artifact));
    // The process ends soon, which frees all of it at once.
    let compiled = ManuallyDrop::new(hlmc_core::compile_beside(&world, locking, &is_there));
    let advice = say_what_is_wrong(&compiled, &lab.shown);
    let Some(bundle) = &compiled.bundle else {
        return Ok(Outcome::Errors);
    };
    let target = Target { out: &settings.out, zip: settings.zip.as_deref(), lab: &lab.root };
    if args.verify {
        return compare(bundle, target);
    }
    let waiting = || terminal::say(&format!("waiting for another hlmc that writes `{}`\n", settings.out.display()));
    let Some(written) = write(bundle, found.as_ref(), target, waiting)? else {
        // What another build has put there meanwhile was compared with nothing.
        return build(args);
    };
    terminal::mention(&summary(bundle, written, start.elapsed(), &settings.out));
    if advice {
        terminal::mention("`hlmc check` has advice for this lab");
    }
    Ok(Outcome::Done)
}

/// Lists what isn't as the bundle has it.
fn compare(bundle: &Bundle, target: Target<'_>) -> Result<Outcome, Failure> {
    let differences = verify(bundle, target)?;
    if differences.is_empty() {
        let files = count(bundle.artifacts.len(), "file");
        terminal::mention(&format!("{}/ is what the lab gives ({files})", target.out.display()));
        return Ok(Outcome::Done);
    }
    let lines = differences.iter().map(|(path, difference)| format!("{}: {difference}\n", path.display()));
    terminal::print(&lines.collect::<String>());
    let are = if differences.len() == 1 { "isn't" } else { "aren't" };
    let message = format!("{} {are} what the lab gives", count(differences.len(), "file"));
    let help = "the same command without `--verify` writes them anew; a change made by hand belongs in the manifests";
    terminal::say(&format!("{}\n", Failure::new(message).help(help)));
    Ok(Outcome::Errors)
}

fn summary(bundle: &Bundle, written: Written, took: Duration, out: &Path) -> String {
    let below_nodes = bundle.artifacts.iter().filter_map(|artifact| artifact.path.strip_prefix("nodes/"));
    let nodes: BTreeSet<&str> = below_nodes.filter_map(|path| path.split_once('/')).map(|(node, _)| node).collect();
    let services = bundle.artifacts.iter().filter(|artifact| artifact.kind == "nomad-job").count();
    let changes = match written {
        Written { changed: 0, removed: 0 } => "nothing changed".to_owned(),
        Written { changed, removed: 0 } => format!("{changed} changed"),
        Written { changed, removed } => format!("{changed} changed, {removed} removed"),
    };
    format!(
        "built {} for {} and {} in {} ms → {}/ ({changes})",
        count(bundle.artifacts.len(), "file"),
        count(nodes.len(), "node"),
        count(services, "service"),
        took.as_millis(),
        out.display(),
    )
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
