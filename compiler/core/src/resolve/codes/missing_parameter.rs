//! `missing-parameter`: a preset isn't given a parameter that it needs.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "missing-parameter", "missing_parameter.md", "a preset isn't given a parameter that it needs");

/// A preset's or an integration's parameter has no default and isn't given.
pub fn missing_parameter(owner: &str, name: &str, place: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{owner}` needs `{name}`"), place, format!("`{name}` is not given here"))
        .also(declared, "declared here, without a default")
        .help(format!("add `{name}=\"…\"`"))
}
