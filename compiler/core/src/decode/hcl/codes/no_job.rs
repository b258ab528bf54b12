//! A job file without a job.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "no-job", "no_job.md", "a job file without a job");

/// The file, as `start`, has no `job`.
pub(crate) fn no_job(start: Span) -> Diagnostic {
    Diagnostic::new(&CODE, "this job file has no job", start, "no `job` from here to the end")
        .help("add `job \"NAME\" { … }`, or remove the file")
}
