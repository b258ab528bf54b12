//! `empty-job`: a job with nothing to run.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "empty-job", "empty_job.md", "a job with nothing to run");

/// A job without a group, or a group without a task: `what` lacks `part`.
pub fn empty_job(what: &str, part: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("{what} has no `{part}`"), place, "nothing to run")
        .help(format!("add `{part} \"NAME\" {{ … }}` to it"))
}
