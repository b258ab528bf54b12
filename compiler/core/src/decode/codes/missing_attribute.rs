//! A block without something that it must have.

use crate::diagnostic::{Diagnostic, code};
use crate::nomad::schema::AttributeType;
use crate::source::Span;

code!(Error, "missing-attribute", "missing_attribute.md", "a block without something that it must have");

/// `block` lacks an attribute that it must have.
pub(crate) fn missing_attribute(block: &str, attribute: &AttributeType, span: Span) -> Diagnostic {
    let name = attribute.name;
    let doc = attribute.doc.trim_end_matches('.');
    let (first, rest) = doc.split_at(doc.chars().next().map_or(0, char::len_utf8));
    let first = if rest.starts_with(char::is_uppercase) { first.to_owned() } else { first.to_lowercase() };
    let what = if doc.is_empty() { String::new() } else { format!(": {first}{rest}") };
    let message = format!("`{block}` lacks `{name}`");
    Diagnostic::new(&CODE, message, span, format!("`{name}` is missing")).help(format!("add `{name}`{what}"))
}
