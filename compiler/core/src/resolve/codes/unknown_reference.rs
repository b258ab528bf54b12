//! `unknown-reference`: a name that nothing has.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "unknown-reference", "unknown_reference.md", "a name that nothing has");

/// A reference to something that isn't there: `what` is such as `service`, `place` the name in the text.
pub fn unknown_reference<'a>(
    what: &str,
    name: &str,
    place: Span,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no {what} `{}`", name.escape_debug()), place, format!("no such {what}"))
        .help("add it, or name one that is there")
        .did_you_mean_value(name, candidates)
}

/// A reference to a part that its owner doesn't have: `owner` is such as `` `blog-db` `` or `the catalogue`.
pub fn unknown_member<'a>(
    owner: &str,
    what: &str,
    name: &str,
    place: Span,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("{owner} has no {what} `{}`", name.escape_debug()), place, format!("no such {what}"))
        .help("add it, or name one that is there")
        .did_you_mean_value(name, candidates)
}

/// A property, such as a class, that no node of the lab has.
pub fn no_node_has<'a>(
    what: &str,
    value: &str,
    place: Span,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("no node has the {what} `{}`", value.escape_debug()),
        place,
        format!("no such {what}"),
    )
    .help("name one that a node has, or give it to a node")
    .did_you_mean_value(value, candidates)
}
