//! A time or size that can't be read.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "bad-unit", "bad_unit.md", "a time or size that can't be read");

/// A text that is no time; `meant` is the one that it probably is.
pub(crate) fn bad_time(name: &str, written: &str, meant: Option<String>, span: Span) -> Diagnostic {
    bad(name, "time", written, meant, "a time is numbers with `ms`, `s`, `m` or `h`, such as `\"1h30m\"`", span)
}

/// A text that is no size; `meant` is the one that it probably is.
pub(crate) fn bad_size(name: &str, written: &str, meant: Option<String>, span: Span) -> Diagnostic {
    bad(name, "size", written, meant, "a size is a number with `KiB`, `MiB` or `GiB`, such as `\"512MiB\"`", span)
}

/// A size where megabytes are counted that is no whole number of them.
pub(crate) fn no_whole_megabytes(name: &str, written: &str, meant: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is counted in whole MiB, which `{written}` is not");
    let near = format!("\"{meant}\"");
    Diagnostic::new(&CODE, message, span, "not a whole number of MiB").help(format!("write `{near}`")).fix(span, near)
}

fn bad(name: &str, what: &str, written: &str, meant: Option<String>, rule: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is a {what}, which `{written}` is not");
    let diagnostic = Diagnostic::new(&CODE, message, span, format!("not a {what}"));
    match meant {
        Some(meant) => diagnostic.help(format!("write `\"{meant}\"`")).fix(span, format!("\"{meant}\"")),
        None => diagnostic.help(rule),
    }
}
