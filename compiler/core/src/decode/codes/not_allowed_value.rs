//! A text that is none of those allowed.

use crate::diagnostic::{Diagnostic, code, nearest};
use crate::source::Span;

code!(Error, "not-allowed-value", "not_allowed_value.md", "a text that is none of those allowed");

/// `name` is one of a few texts, and `text` is none of them.
pub(crate) fn not_allowed_value(name: &str, text: &str, allowed: &'static [&'static str], span: Span) -> Diagnostic {
    let message = format!("`{name}` can't be `{text}`");
    let diagnostic = Diagnostic::new(&CODE, message, span, "not one of those allowed");
    match nearest(text, allowed.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, format!("\"{near}\"")),
        None => {
            let all: Vec<String> = allowed.iter().map(|it| format!("`{it}`")).collect();
            diagnostic.help(format!("it is one of {}", all.join(", ")))
        }
    }
}
