//! `unknown-parameter`: `@{…}` names no parameter.

use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::source::Span;

code!(Error, "unknown-parameter", "unknown_parameter.md", "`@{…}` names no parameter");

/// `@{name}` where no such parameter exists, or a parameter given to a preset that has none of that name.
pub(crate) fn unknown_parameter<'a>(
    name: &str,
    place: Span,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no parameter `{}`", name.escape_debug()), place, "no such parameter")
        .maybe_help(did_you_mean(name, candidates))
}
