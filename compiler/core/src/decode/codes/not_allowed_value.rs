//! A text that is none of those allowed.

use crate::diagnostic::{Diagnostic, code, nearest};
use crate::source::Span;

code!(Error, "not-allowed-value", "not_allowed_value.md", "a text that is none of those allowed");

/// What others call the values of our language.
const SYNONYMS: [(&str, &str); 7] = [
    ("aarch64", "arm64"),
    ("arm64v8", "arm64"),
    ("x64", "amd64"),
    ("x86_64", "amd64"),
    ("daemon", "system"),
    ("cron", "batch"),
    ("raspberrypi", "raspbian"),
];

/// `name` is one of a few texts, and `text` is none of them.
pub(crate) fn not_allowed_value(name: &str, text: &str, allowed: &'static [&'static str], span: Span) -> Diagnostic {
    let message = format!("`{name}` can't be `{text}`");
    let diagnostic = Diagnostic::new(&CODE, message, span, "not one of those allowed");
    let synonym = SYNONYMS.iter().find(|(theirs, ours)| *theirs == text && allowed.contains(ours)).map(|it| it.1);
    match synonym.or_else(|| nearest(text, allowed.iter().copied())) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, format!("\"{near}\"")),
        None => {
            let all: Vec<String> = allowed.iter().map(|it| format!("`{it}`")).collect();
            diagnostic.help(format!("it is one of {}", all.join(", ")))
        }
    }
}
