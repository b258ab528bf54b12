//! What works otherwise in a lab than under Compose.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Warning, "compose-changed", "compose_changed.md", "what works otherwise in a lab than under Compose");

/// `message` says what was and what is, `help` what to look at.
pub(in crate::import::compose) fn changed(message: String, place: Span, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message, place, "otherwise in a lab").help(help)
}
