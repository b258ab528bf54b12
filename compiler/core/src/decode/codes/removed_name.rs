//! A name that the program refuses.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "removed-name", "removed_name.md", "a name that the program no longer takes");

/// `removed` says since when, and what to write in its place.
pub(crate) fn removed_name(name: &str, removed: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` is no longer taken"), span, "refused")
        .help(format!("removed in {removed}"))
}
