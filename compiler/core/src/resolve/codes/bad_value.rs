//! `bad-value`: a value isn't what it should be.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "bad-value", "bad_value.md", "a value isn't what it should be");

/// A value of the right type that means nothing here; `expected` says what it should be.
pub fn bad_value(found: &str, expected: &str, place: Span) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("`{}` is not {expected}", found.escape_debug()),
        place,
        format!("expected {expected}"),
    )
}
