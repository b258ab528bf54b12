//! A diagnostic as plain lines, for editors and tests: `path:line:column: severity[code] message`, then what belongs to it.

use super::{Diagnostic, Label};
use crate::source::Sources;
use std::fmt::Write;

/// The first line alone: `path:line:column: severity[code] message`.
#[must_use]
pub fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let Diagnostic { severity, code, message, .. } = diagnostic;
    format!("{}: {severity}[{}] {message}", place(&diagnostic.primary, sources), code.name)
}

/// All of it, a line each: the parties with their text, notes, help, and the change that a tool would make.
#[must_use]
pub fn plain(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut out = short(diagnostic, sources);
    out.push('\n');
    for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
        line(&mut out, &place(label, sources), &format!("{} < {}", excerpt(sources.slice(label.span)), label.text));
    }
    for note in &diagnostic.notes {
        line(&mut out, "note", note);
    }
    if let Some(help) = &diagnostic.help {
        line(&mut out, "help", help);
    }
    if let Some(fix) = &diagnostic.fix {
        line(&mut out, "fix", &format!("{} -> {}", excerpt(sources.slice(fix.span)), fix.replacement));
    }
    out
}

fn line(out: &mut String, what: &str, text: &str) {
    let _ = writeln!(out, "  {what}: {text}"); // a String takes everything
}

fn place(label: &Label, sources: &Sources) -> String {
    let (line, column) = sources.line_column(label.span.file, label.span.start);
    format!("{}:{line}:{column}", sources.path(label.span.file))
}

/// The first line of a text, cut where it is long.
fn excerpt(text: &str) -> String {
    let short: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{short}{dots}")
}
