//! A block without something that it must have.

use crate::diagnostic::{Diagnostic, code};
use crate::nomad::schema::AttributeType;
use crate::source::Span;

code!(Error, "missing-attribute", "missing_attribute.md", "a block without something that it must have");

/// `block` lacks an attribute that it must have.
pub(crate) fn missing_attribute(block: &str, attribute: &AttributeType, span: Span) -> Diagnostic {
    let name = attribute.name;
    let what =
        if attribute.doc.is_empty() { String::new() } else { format!(": {}", attribute.doc.trim_end_matches('.')) };
    let message = format!("`{block}` lacks `{name}`");
    Diagnostic::new(&CODE, message, span, format!("`{name}` is missing")).help(format!("add `{name}`{what}"))
}
