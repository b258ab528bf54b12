//! What a lab has no words for, and what to do about it.

use crate::diagnostic::{Diagnostic, Severity, code};
use crate::source::Span;

code!(Warning, "compose-no-counterpart", "compose_no_counterpart.md", "what a lab has no words for is left out");

/// `what` is left out; `help` says what to do.
pub(in crate::import::compose) fn no_counterpart(what: &str, place: Span, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, format!("{what} is left out"), place, "has no counterpart").help(help)
}

/// The same for what nobody will miss.
pub(in crate::import::compose) fn not_missed(what: &str, place: Span, help: &str) -> Diagnostic {
    Diagnostic { severity: Severity::Advice, ..no_counterpart(what, place, help) }
}
