//! `bad-reference`: an annotated text isn't of the form that its annotation asks for.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "bad-reference", "bad_reference.md", "an annotated text isn't of the form that its annotation asks for");

/// `(secret)`, `(address)` and the like on a text of another form.
pub fn bad_reference(annotation: &str, text: &str, form: &str, place: Span) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("`{}` is no ({annotation}) reference", text.escape_debug()),
        place,
        format!("expected `{form}`"),
    )
    .help(format!("write it as `({annotation})\"{form}\"`"))
}
