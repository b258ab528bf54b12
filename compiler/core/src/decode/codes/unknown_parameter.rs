//! `unknown-parameter`: a parameter that there isn't.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "unknown-parameter", "unknown_parameter.md", "a parameter that there isn't");

/// `@{name}` where no such parameter exists.
pub(crate) fn unknown_parameter<'a>(
    name: &str,
    place: Span,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no parameter `{}`", name.escape_debug()), place, "no such parameter")
        .help("`@@{` stands for `@{` itself; what Nomad fills in is written `${…}`")
        .did_you_mean(name, candidates)
}

/// A parameter given to a preset, or an option to an integration, that has none of that name.
pub(crate) fn not_taken<'a>(
    owner: &str,
    name: &str,
    place: Span,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let message = format!("`{owner}` takes no parameter `{}`", name.escape_debug());
    Diagnostic::new(&CODE, message, place, "no such parameter")
        .help(if candidates.clone().into_iter().next().is_none() { "remove it: there are none" } else { "remove it" })
        .did_you_mean(name, candidates)
}
