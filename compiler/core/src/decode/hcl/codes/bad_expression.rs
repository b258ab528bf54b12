//! An expression that has no value.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "bad-expression", "bad_expression.md", "an expression that has no value");

/// `message` says why.
pub(crate) fn bad_expression(message: impl Into<String>, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, message, span, "can't be evaluated")
        .help("give it a value that fits, or write another expression")
}
