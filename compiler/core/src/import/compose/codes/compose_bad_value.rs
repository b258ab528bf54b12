//! A value of a Compose file that means nothing where it stands.

use crate::diagnostic::{Diagnostic, code};
use crate::import::yaml::Node;
use crate::source::Span;

code!(
    Error,
    "compose-bad-value",
    "compose_bad_value.md",
    "a value of a Compose file that means nothing where it stands"
);

/// `text` where `expected` belongs, such as `a port`.
pub(in crate::import::compose) fn bad_value(text: &str, expected: &str, place: Span) -> Diagnostic {
    let shown: String = text.chars().take(60).collect();
    Diagnostic::new(&CODE, format!("`{shown}` is not {expected}"), place, format!("not {expected}"))
}

/// `one` and `other` mean the same, and say different things.
pub(in crate::import::compose) fn said_twice(one: &str, here: Span, other: &str, there: Span) -> Diagnostic {
    let message = format!("`{one}` and `{other}` say different things about the same");
    Diagnostic::new(&CODE, message, here, "one of them").also(there, "and the other").help("say it once")
}

/// A list where a text belongs, and the like.
pub(in crate::import::compose) fn wrong_kind(key: &str, expected: &str, found: &Node) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{key}` is {expected}, and this is {}", found.kind()), found.span, found.kind())
        .help(format!("write {expected} behind `{key}:`"))
}
