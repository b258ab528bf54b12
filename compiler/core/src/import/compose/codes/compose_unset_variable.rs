//! A variable that has no value.

use crate::diagnostic::{Diagnostic, Severity, code};
use crate::source::Span;

code!(Warning, "compose-unset-variable", "compose_unset_variable.md", "a variable of a Compose file that has no value");

/// `name` has no value and stays a value of the lab.
pub(in crate::import::compose) fn unset_variable(name: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` has no value"), place, "Compose would put nothing here")
        .note(format!("it stays open as `@{{{name}}}`"))
        .help(format!("write `{name}=…` into `.env` and import again, or give the lab `values {{ {name} \"…\" }}`"))
}

/// `name` has no value where a number or the like has to stand.
pub(in crate::import::compose) fn needs_value(name: &str, what: &str, place: Span) -> Diagnostic {
    let message = format!("`{name}` has no value, and {what} can't do without one");
    let diagnostic = Diagnostic::new(&CODE, message, place, "nothing is put here");
    Diagnostic { severity: Severity::Error, ..diagnostic }
        .help(format!("write `{name}=…` into `.env`, and import again"))
}

/// `${name:?reason}`.
pub(in crate::import::compose) fn required(name: &str, reason: &str, place: Span) -> Diagnostic {
    let message = match reason {
        "" => format!("`{name}` has no value, and the file asks for one"),
        reason => format!("`{name}` has no value, and the file asks for one: {reason}"),
    };
    let diagnostic = Diagnostic::new(&CODE, message, place, "asked for here");
    Diagnostic { severity: Severity::Error, ..diagnostic }
        .help(format!("write `{name}=…` into `.env`, and import again"))
}

/// A variable of the environment that is passed on without a value.
pub(in crate::import::compose) fn not_passed(name: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` has no value to pass on"), place, "left out")
        .help(format!("write `{name}=…` into `.env` and import again, or add it to `env` of the service"))
}
