//! One line a diagnostic, as editors read it: `file:line:col: severity[code] message`.

use super::{Pages, printable};
use hlmc_core::diagnostic::Diagnostic;
use std::fmt::Write as _;

/// All diagnostics, a line each.
pub(crate) fn short(diagnostics: &[Diagnostic], pages: &Pages) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let span = diagnostic.primary.span;
        let start = pages.start(span);
        let message = printable(&diagnostic.message).replace('\n', " ");
        let (path, severity, code) = (pages.path(span), diagnostic.severity, diagnostic.code.name);
        let _ = writeln!(out, "{path}:{}:{}: {severity}[{code}] {message}", start.line, start.column);
    }
    out
}
