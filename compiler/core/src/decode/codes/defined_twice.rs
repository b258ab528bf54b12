//! `defined-twice`: two manifests give the same name.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "defined-twice", "defined_twice.md", "two manifests give the same name");

/// The same name, or something else that must be unique, stands in two places; `what` is such as ``service `grafana` ``.
pub(crate) fn defined_twice(what: &str, again: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("{what} is defined twice"), again, "defined again here")
        .also(first, "first defined here")
        .help("rename or remove one of them")
}
