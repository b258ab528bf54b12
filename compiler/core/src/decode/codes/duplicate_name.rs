//! A name that may stand once stands twice.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "duplicate-name", "duplicate_name.md", "a name that may stand once stands twice");

/// An attribute, or a block without labels that may stand once.
pub(crate) fn duplicate_name(name: &str, first: Span, second: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` is given twice"), second, "and here")
        .also(first, "first given here")
        .help("keep one of the two")
}

/// Blocks with the same labels.
pub(crate) fn duplicate_block(name: &str, labels: &[&str], first: Span, second: Span) -> Diagnostic {
    let labels: Vec<String> = labels.iter().map(|label| format!("\"{label}\"")).collect();
    let message = format!("`{name} {}` is there twice", labels.join(" "));
    Diagnostic::new(&CODE, message, second, "and here")
        .also(first, "first given here")
        .help("give one of them another name, or make them one")
}
