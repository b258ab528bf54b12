//! Diagnostics as a person reads them. The excerpts are drawn by miette; the sentence, the order of the files and what
//! follows them are ours, since miette knows one file a message and no notes.

use super::pages::Page;
use super::{Pages, Tally, printable};
use hlmc_core::diagnostic::{Diagnostic, Label, Severity};
use hlmc_core::source::FileId;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents};
use miette::{SourceCode, SourceSpan, SpanContents};
use std::fmt::{self, Write as _};

/// So many diagnostics are drawn; the rest is counted.
const MOST: usize = 100;

/// A label longer than this is drawn up to here, and a longer line is cut around it.
const LONGEST: usize = 160;

/// How the drawing has to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// With colours.
    pub(crate) colour: bool,
    /// Columns of the terminal.
    pub(crate) width: usize,
}

/// Draws the diagnostics and a last line with their number; nothing when there are none.
pub(crate) fn text(diagnostics: &[Diagnostic], pages: &Pages, look: Look) -> String {
    let theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let miette = GraphicalReportHandler::new_themed(theme)
        .without_syntax_highlighting()
        .with_width(look.width)
        .with_context_lines(1)
        .with_links(false);
    let mut out = String::new();
    for diagnostic in diagnostics.iter().take(MOST) {
        draw(&mut out, diagnostic, pages, look, &miette);
        out.push('\n');
    }
    let tally = Tally::of(diagnostics);
    if diagnostics.len() > MOST {
        let _ = writeln!(out, "… and {} more\n", diagnostics.len() - MOST);
    }
    if let Some(first) = diagnostics.iter().rev().max_by_key(|diagnostic| diagnostic.severity) {
        let _ = writeln!(out, "{tally}; `hlmc explain {}` says more", first.code.name);
    }
    out
}

fn draw(out: &mut String, diagnostic: &Diagnostic, pages: &Pages, look: Look, miette: &GraphicalReportHandler) {
    let (severity, code) = (diagnostic.severity, diagnostic.code.name);
    let message = printable(&diagnostic.message);
    let colour = match severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Advice => "1;36",
    };
    let _ = writeln!(out, "{}: {message}", paint(&format!("{severity}[{code}]"), colour, look));
    for (file, labels) in by_file(diagnostic) {
        excerpt(out, file, &labels, pages, miette);
    }
    let help = diagnostic.help.iter().map(|text| ("help", text));
    let notes = diagnostic.notes.iter().map(|text| ("note", text));
    for (name, text) in notes.chain(help) {
        let text = printable(text).replace('\n', "\n        ");
        let _ = writeln!(out, "  {}: {text}", paint(name, "36", look));
    }
}

/// The labels of each file: the primary's first, the others in the order of their first label.
fn by_file(diagnostic: &Diagnostic) -> Vec<(FileId, Vec<(&Label, bool)>)> {
    let mut files: Vec<(FileId, Vec<(&Label, bool)>)> = Vec::new();
    let others = diagnostic.secondary.iter().map(|label| (label, false));
    for (label, primary) in [(&diagnostic.primary, true)].into_iter().chain(others) {
        match files.iter_mut().find(|(file, _)| *file == label.span.file) {
            Some((_, labels)) => labels.push((label, primary)),
            None => files.push((label.span.file, vec![(label, primary)])),
        }
    }
    files
}

fn excerpt(out: &mut String, file: FileId, labels: &[(&Label, bool)], pages: &Pages, miette: &GraphicalReportHandler) {
    let Some(page) = pages.get(file).filter(|page| !page.text.is_empty()) else {
        if let Some(page) = pages.get(file) {
            let _ = writeln!(out, "  in {}", page.path); // there is no text to show
        }
        return;
    };
    let labels = labels.iter().map(|(label, primary)| page.label(label, *primary)).collect();
    let mut drawn = String::new();
    if miette.render_report(&mut drawn, &Excerpt { page, labels }).is_ok() {
        // The first line is miette's place for the message.
        out.push_str(drawn.split_once('\n').map_or("", |(_, rest)| rest));
    }
}

fn paint(text: &str, colour: &str, look: Look) -> String {
    if look.colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// The labels of one file, as miette wants them.
struct Excerpt<'a> {
    page: &'a Page,
    labels: Vec<LabeledSpan>,
}

impl fmt::Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.page.path)
    }
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Excerpt<'_> {}

impl miette::Diagnostic for Excerpt<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.page)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl Page {
    /// A label on its first line, and not without end.
    fn label(&self, label: &Label, primary: bool) -> LabeledSpan {
        let start = self.boundary((label.span.start as usize).min(self.text.len()));
        let line = self.line_range(self.line(start));
        let line_end = line.start + self.text[line.clone()].trim_end_matches(['\n', '\r']).len();
        let end = (label.span.end as usize).min(line_end.max(start)).min(start + LONGEST);
        let span = SourceSpan::from((start, self.boundary(end).max(start) - start));
        let text = (!label.text.is_empty()).then(|| printable(&label.text).replace('\n', " "));
        if primary { LabeledSpan::new_primary_with_span(text, span) } else { LabeledSpan::new_with_span(text, span) }
    }
}

impl SourceCode for Page {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        if span.len() > LONGEST * 12 {
            return Err(MietteError::OutOfBounds); // too much for one excerpt: miette makes two
        }
        let (first, last) = (self.line(span.offset()).saturating_sub(before), self.line(end) + after);
        let mut range = self.line_range(first).start..self.line_range(last).end;
        if (first..=last).any(|line| self.line_range(line).len() > LONGEST * 3) {
            let line = self.line_range(self.line(span.offset()));
            let end = self.boundary((end + LONGEST / 4).min(self.line_range(self.line(end)).end));
            range = self.boundary(span.offset().saturating_sub(LONGEST / 4).max(line.start))..end;
        }
        let line = self.line(range.start);
        let column = self.position(if before == 0 { span.offset() } else { range.start }).column - 1;
        let data = self.text[range.clone()].as_bytes();
        let lines = self.line(range.end.saturating_sub(1).max(range.start)) - line + 1;
        let covered = SourceSpan::from((range.start, data.len()));
        Ok(Box::new(MietteSpanContents::new_named(self.path.clone(), data, covered, line, column, lines)))
    }
}
