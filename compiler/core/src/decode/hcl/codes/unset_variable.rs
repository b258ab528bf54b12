//! A variable without a value.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "unset-variable", "unset_variable.md", "a variable of a job file that has no value");

/// A variable that has neither a default nor a value.
pub(crate) fn unset_variable(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("the variable `{name}` has no value"), span, "no default, and nothing gives one")
        .help(format!(
            "give it a `default`, write `{name} = …` into a file `….vars.hcl` beside this one, or `values {{ {name} … }}` into the lab"
        ))
}

/// A value that a `validation` of the variable doesn't allow; `message` is what it says then.
pub(crate) fn not_valid(name: &str, message: &str, span: Span, rule: Span) -> Diagnostic {
    let message = message.trim_end_matches('.');
    Diagnostic::new(&CODE, format!("the value of `{name}` isn't allowed: {message}"), span, "this value")
        .also(rule, "the rule that it breaks")
}
