//! A time or size without its unit.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "bare-number", "bare_number.md", "a time or size without its unit");

/// A time as a bare number.
pub(crate) fn bare_time(name: &str, written: &str, span: Span) -> Diagnostic {
    bare(name, "time", written, format!("\"{}s\"", written.trim_matches('"')), span)
}

/// A size as a bare number; `likely` is the size that it probably is.
pub(crate) fn bare_size(name: &str, written: &str, likely: &str, span: Span) -> Diagnostic {
    bare(name, "size", written, format!("\"{likely}\""), span)
}

fn bare(name: &str, what: &str, written: &str, likely: String, span: Span) -> Diagnostic {
    let message = format!("`{name}` is a {what}, and `{written}` has no unit");
    let units = if what == "time" { "`ms`, `s`, `m` or `h`" } else { "`KiB`, `MiB` or `GiB`" };
    Diagnostic::new(&CODE, message, span, "a unit is missing")
        .help(format!("write the unit, {units}: probably `{likely}`"))
        .fix(span, likely)
}
