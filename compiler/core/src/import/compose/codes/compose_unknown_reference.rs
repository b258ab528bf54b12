//! A name that nothing in the Compose file has.

use crate::diagnostic::{Diagnostic, code, did_you_mean};
use crate::source::Span;

code!(
    Error,
    "compose-unknown-reference",
    "compose_unknown_reference.md",
    "a name that nothing in the Compose file has"
);

/// There is no `kind` called `name`.
pub(in crate::import::compose) fn unknown_reference<'a>(
    kind: &str,
    name: &str,
    place: Span,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let help = did_you_mean(name, known).unwrap_or_else(|| format!("add `{name}` to `{kind}s:`"));
    Diagnostic::new(&CODE, format!("there is no {kind} `{name}`"), place, "named here").help(help)
}

/// `extends` in a circle.
pub(in crate::import::compose) fn extends_itself(name: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` extends itself"), place, "around in a circle")
        .help("extend a service that doesn't come back to this one")
}

/// A file that includes itself.
pub(in crate::import::compose) fn includes_itself(path: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{path}` includes itself"), place, "around in a circle")
        .help("take one of the files out of `include`")
}
