//! A block without the name that follows its kind.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "missing-label", "missing_label.md", "a block without the name that follows its kind");

/// `block` lacks the label that is called `label`.
pub(crate) fn missing_label(block: &str, label: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{block}` lacks its {label}"), span, format!("the {label} is missing"))
        .help(format!("write it in quotes behind `{block}`: `{block} \"…\"`"))
}
