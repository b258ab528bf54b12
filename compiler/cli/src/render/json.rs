//! The diagnostics as one JSON document, for programs.
//!
//! Its structure is stable: fields may be added, none changes its meaning. `version` is 1. Paths are relative to
//! `lab`; those that start with `hlmc:` ship inside the binary. Offsets are bytes from 0, the end is one past the
//! last; lines and columns count from 1, columns in characters.

use super::pages::Position;
use super::{Pages, Tally};
use hlmc_core::diagnostic::{Diagnostic, Fix, Label};
use hlmc_core::source::Span;
use serde::Serialize;
use std::path::Path;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    lab: String,
    errors: usize,
    warnings: usize,
    advice: usize,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    severity: String,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    label: &'a str,
    labels: Vec<Other<'a>>,
    help: Option<&'a str>,
    notes: &'a [String],
    fix: Option<Replace<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    range: Range,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Range {
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct Other<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct Replace<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    replacement: &'a str,
}

/// The document, with a line break at its end.
pub(crate) fn json(diagnostics: &[Diagnostic], pages: &Pages, lab: &Path) -> String {
    let Tally { errors, warnings, advice } = Tally::of(diagnostics);
    let document = Document {
        version: 1,
        lab: lab.display().to_string(),
        errors,
        warnings,
        advice,
        diagnostics: diagnostics.iter().map(|diagnostic| entry(diagnostic, pages)).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entry<'a>(diagnostic: &'a Diagnostic, pages: &'a Pages) -> Entry<'a> {
    let other = |label: &'a Label| Other { place: place(label.span, pages), text: &label.text };
    let replace = |fix: &'a Fix| Replace { place: place(fix.span, pages), replacement: &fix.replacement };
    Entry {
        code: diagnostic.code.name,
        severity: diagnostic.severity.to_string(),
        message: &diagnostic.message,
        place: place(diagnostic.primary.span, pages),
        label: &diagnostic.primary.text,
        labels: diagnostic.secondary.iter().map(other).collect(),
        help: diagnostic.help.as_deref(),
        notes: &diagnostic.notes,
        fix: diagnostic.fix.as_ref().map(replace),
    }
}

fn place(span: Span, pages: &Pages) -> Place<'_> {
    Place {
        file: pages.path(span),
        range: Range { start: span.start, end: span.end },
        start: pages.start(span),
        end: pages.end(span),
    }
}
