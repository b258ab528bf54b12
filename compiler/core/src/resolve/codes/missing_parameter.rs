//! `missing-parameter`: a preset or an integration isn't given a parameter that it needs.

use crate::diagnostic::{Diagnostic, code};
use crate::source::{Span, Spanned};

code!(
    Error,
    "missing-parameter",
    "missing_parameter.md",
    "a preset or an integration isn't given a parameter that it needs"
);

/// Parameters of a preset or options of an integration that have no default and aren't given.
pub fn missing_parameter(owner: &str, missing: &[&Spanned<String>], place: Span) -> Diagnostic {
    let names: Vec<String> = missing.iter().map(|name| format!("`{}`", name.value)).collect();
    let given: Vec<String> = missing.iter().map(|name| format!("{}=\"…\"", name.value)).collect();
    let mut diagnostic =
        Diagnostic::new(&CODE, format!("`{owner}` needs {}", names.join(", ")), place, "not given here");
    for name in missing {
        diagnostic = diagnostic.also(name.span, "declared here, without a default");
    }
    diagnostic.help(format!("add `{}`", given.join(" ")))
}
