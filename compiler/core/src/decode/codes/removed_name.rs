//! A name that the program no longer reads.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "removed-name", "removed_name.md", "a name that the program no longer reads");

/// `removed` says since when, and what to write in its place.
pub(crate) fn removed_name(name: &str, removed: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` is no longer read"), span, "removed").help(format!("removed in {removed}"))
}
