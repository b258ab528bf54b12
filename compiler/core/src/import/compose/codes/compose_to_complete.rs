//! What a person has to add before the imported lab can run.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(
    Advice,
    "compose-to-complete",
    "compose_to_complete.md",
    "what a person has to add before an imported lab can run"
);

/// `message` says what is there, `help` what to add.
pub(in crate::import::compose) fn to_complete(message: String, place: Span, help: String) -> Diagnostic {
    Diagnostic::new(&CODE, message, place, "to complete").help(help)
}
