//! A name that will not be read for long.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Warning, "deprecated-name", "deprecated_name.md", "a name that will not be read for long");

/// `instead` says what to write in its place.
pub(crate) fn deprecated_name(name: &str, instead: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` is deprecated"), span, "deprecated").help(instead)
}
