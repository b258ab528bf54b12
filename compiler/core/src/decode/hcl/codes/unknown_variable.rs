//! A variable, local or entry that there isn't.

use crate::diagnostic::{Diagnostic, code, nearest};
use crate::source::Span;

code!(Error, "unknown-variable", "unknown_variable.md", "a variable, local or entry that there isn't");

/// `var.name` or `local.name`, which the file doesn't declare.
pub(crate) fn unknown_variable<'a>(
    root: &str,
    name: &str,
    span: Span,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let (what, declare) = match root {
        "var" => ("variable", format!("declare it: `variable \"{name}\" {{ default = … }}`")),
        _ => ("local", format!("declare it: `locals {{ {name} = … }}`")),
    };
    Diagnostic::new(&CODE, format!("there is no {what} `{name}`"), span, "not declared")
        .help(declare)
        .did_you_mean(name, known)
}

/// `locals.name` for `local.name`, and the like.
pub(crate) fn misspelt_root(root: &str, meant: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no `{root}`"), span, "Nomad would leave this as it stands")
        .help(format!("write `{meant}.…`"))
}

/// A name that is almost `near`, which there is.
pub(crate) fn misspelt_name(name: &str, near: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no `{name}`"), span, "Nomad would leave this as it stands")
        .help(format!("did you mean `{near}`?"))
        .fix(span, near)
}

/// `name` in a template that isn't given it.
pub(crate) fn not_given<'a>(name: &str, span: Span, known: impl IntoIterator<Item = &'a str> + Clone) -> Diagnostic {
    let help = match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if matches!(name, "var" | "local") => format!(
            "a template has no `{name}`: give it the value, `templatefile(path, {{ x = {name}.x }})`, and write `${{x}}`"
        ),
        None => format!(
            "give it one: `templatefile(path, {{ {name} = … }})`; what Nomad fills in when the task starts is written `$${{{name}}}`"
        ),
    };
    Diagnostic::new(&CODE, format!("the template is given no `{name}`"), span, "not given").help(help)
}

/// `map.name`, which the map doesn't have.
pub(crate) fn unknown_member<'a>(
    name: &str,
    span: Span,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let all: Vec<String> = known.clone().into_iter().take(8).map(|known| format!("`{known}`")).collect();
    let has = if all.is_empty() { "the map is empty".to_owned() } else { format!("it has {}", all.join(", ")) };
    Diagnostic::new(&CODE, format!("the map has no `{name}`"), span, "not there").help(has).did_you_mean(name, known)
}
