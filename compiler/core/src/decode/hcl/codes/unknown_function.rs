//! A function that Nomad's job files don't have.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "unknown-function", "unknown_function.md", "a function that Nomad's job files don't have");

/// Functions of Terraform and others that Nomad doesn't have, and what does their work.
const OTHERS: [(&str, &str); 9] = [
    ("endswith", "`trimsuffix(text, end) != text` does the same"),
    ("startswith", "`trimprefix(text, start) != text` does the same"),
    ("strcontains", "`replace(text, part, \"\") != text` does the same"),
    ("timestamp", "another time at each build would be another bundle: write the time itself"),
    ("tobool", "`convert(value, bool)` does the same"),
    ("tolist", "`convert(value, list(any))` does the same"),
    ("tonumber", "`convert(value, number)` does the same"),
    ("toset", "`convert(value, set(any))` does the same"),
    ("tostring", "`convert(value, string)` does the same"),
];

/// There is no function of this name.
pub(crate) fn unknown_function<'a>(
    name: &str,
    span: Span,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(&CODE, format!("there is no function `{name}`"), span, "not known");
    match OTHERS.iter().find(|(other, _)| *other == name) {
        Some((_, instead)) => diagnostic.help(*instead),
        None => diagnostic
            .help("Nomad's job files have these: https://developer.hashicorp.com/nomad/docs/reference/hcl2/functions")
            .did_you_mean(name, known),
    }
}
