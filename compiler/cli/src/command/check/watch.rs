//! `hlmc check --watch`: checks again whenever a file of the lab changes, until it is stopped.
//!
//! Changes are found by looking at the files' times and sizes again and again. That sees files that editors put in the place of
//! others, folders that go and come back, and what others write on a network file system, where the kernel tells of nothing;
//! a thousand services take it some milliseconds.

use super::report;
use super::seen::Seen;
use crate::args::{CheckArgs, Format};
use crate::command::{Outcome, locking};
use crate::failure::Failure;
use crate::render::Tally;
use crate::settings::LabSettings;
use crate::terminal;
use hlmc_core::Checker;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Nothing may have changed for so long before a check starts: editors and git write in several steps.
const QUIET: Duration = Duration::from_millis(50);

/// How long to wait between two looks at least; and this many times as long as a look takes.
const PAUSE: Duration = Duration::from_millis(100);
const SHARE: u32 = 20;

/// Ends only where nobody reads on.
pub(super) fn watch(args: &CheckArgs) -> Result<Outcome, Failure> {
    let lab = LabSettings::resolve(&args.lab)?;
    let mut seen = Seen::new(&lab.root);
    let mut checker = Checker::default();
    let mut first = true;
    loop {
        let start = Instant::now();
        let mut changed = seen.look();
        let pause = (start.elapsed() * SHARE).max(PAUSE);
        if changed || first {
            while changed && !first {
                sleep(QUIET);
                changed = seen.look();
            }
            first = false;
            if !check(&mut checker, &mut seen, &lab, args)? {
                return Ok(Outcome::Done);
            }
        }
        sleep(pause);
    }
}

/// Checks and prints; whether somebody still reads it.
fn check(checker: &mut Checker, seen: &mut Seen, lab: &LabSettings, args: &CheckArgs) -> Result<bool, Failure> {
    if args.format == Format::Text {
        terminal::clear();
    }
    let start = Instant::now();
    let mut read = terminal::try_say(&format!("checking {}\n", lab.root.display()));
    if !seen.is_there() {
        return Ok(read && terminal::try_say("the lab is gone; waiting for it to come back\n"));
    }
    let changed = seen.read_changed();
    let compiled = checker.check(seen, locking(args.locked), changed.as_ref());
    let taken = start.elapsed();
    read &= report(&compiled, lab, args.format)?;
    let tally = Tally::of(&compiled.diagnostics).to_string();
    let tally = if tally.is_empty() { "no problems" } else { &tally };
    let taken = taken.as_secs_f64() * 1e3;
    Ok(terminal::try_say(&format!("checked in {taken:.1} ms: {tally}; waiting for changes\n")) && read)
}
