//! `hlmc audit`: prints what of a lab can be reached from where; what is wrong with the lab goes to stderr.

use super::{Outcome, open, say_what_is_wrong};
use crate::args::AuditArgs;
use crate::failure::Failure;
use crate::settings::LabSettings;
use crate::terminal;

pub(crate) fn audit(args: &AuditArgs) -> Result<Outcome, Failure> {
    let lab = LabSettings::resolve(&args.lab)?;
    let (compiled, exposure) = hlmc_core::audit(&open(&lab)?);
    say_what_is_wrong(&compiled, &lab.shown);
    let Some(exposure) = exposure else { return Ok(Outcome::Errors) };
    terminal::print(&exposure);
    Ok(Outcome::Done)
}
