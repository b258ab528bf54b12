//! One workflow command a diagnostic, which GitHub Actions shows at its line: `::error file=…,line=…::message`.
//!
//! Lines and columns count from 1, columns in characters; the end column is one past the last character, and stands
//! only where both ends are on one line.

use super::{Pages, printable};
use hlmc_core::diagnostic::{Diagnostic, Severity};
use std::fmt::Write as _;

/// All diagnostics, a line each.
pub(crate) fn github(diagnostics: &[Diagnostic], pages: &Pages) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let level = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "notice",
        };
        let (place, title) = (place(diagnostic, pages), diagnostic.code.name);
        let _ = writeln!(out, "::{level} {place}title={title}::{}", data(&said(diagnostic, pages)));
    }
    out
}

/// The properties that say where; none for a file that ships inside the binary.
fn place(diagnostic: &Diagnostic, pages: &Pages) -> String {
    let span = diagnostic.primary.span;
    let path = pages.path(span);
    if path.starts_with("hlmc:") {
        return String::new();
    }
    let (start, end) = (pages.start(span), pages.end(span));
    let mut place = format!("file={},line={},endLine={},", property(path), start.line, end.line);
    if start.line == end.line {
        let _ = write!(place, "col={},endColumn={},", start.column, end.column);
    }
    place
}

/// The message, the other parties, the notes and the help, a line each.
fn said(diagnostic: &Diagnostic, pages: &Pages) -> String {
    let mut text = printable(&diagnostic.message);
    let embedded = pages.path(diagnostic.primary.span).starts_with("hlmc:");
    for label in embedded.then_some(&diagnostic.primary).into_iter().chain(&diagnostic.secondary) {
        let start = pages.start(label.span);
        let (path, label) = (pages.path(label.span), printable(&label.text));
        let _ = write!(text, "\n{path}:{}:{}: {label}", start.line, start.column);
    }
    let notes = diagnostic.notes.iter().map(|note| ("note", note));
    for (name, line) in notes.chain(diagnostic.help.iter().map(|help| ("help", help))) {
        let _ = write!(text, "\n{name}: {}", printable(line));
    }
    text
}

/// What stands behind the `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands behind a `=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_reads_is_escaped() {
        assert_eq!(data("100%: a,b\r\nc"), "100%25: a,b%0D%0Ac");
        assert_eq!(property("a:b,c%2C\nd"), "a%3Ab%2Cc%252C%0Ad");
    }
}
