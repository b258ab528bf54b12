//! A value for a variable that no job file has.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "undeclared-variable", "undeclared_variable.md", "a value for a variable that no job file has");

/// The job files of `folder` declare `known`, and not `name`.
pub(crate) fn undeclared_variable<'a>(
    folder: &str,
    name: &str,
    span: Span,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("no job file in `{folder}` has a variable `{name}`"), span, "given to nobody")
        .help(format!("remove it, or declare it in the job file: `variable \"{name}\" {{ … }}`"))
        .did_you_mean(name, known)
}

/// There is no job file in `folder` at all.
pub(crate) fn no_job_file(folder: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no job file in `{folder}` for these values"), span, "given to nobody")
        .help("a file of values lies in the folder of the job files whose variables it gives")
}
