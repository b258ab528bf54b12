//! A name that the program takes and then ignores.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Warning, "ignored-name", "ignored_name.md", "a name that has no effect any more");

/// `ignored` says since when, and what to write in its place.
pub(crate) fn ignored_name(name: &str, ignored: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` has no effect"), span, "ignored").help(format!("ignored since {ignored}"))
}

/// A name that has no effect beside another one.
pub(crate) fn without_effect(name: &str, beside: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` has no effect {beside}"), span, "ignored")
}
