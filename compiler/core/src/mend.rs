//! *mend*: the texts of a lab with the changes that its diagnostics offer.

use crate::diagnostic::{Diagnostic, Fix, Severity};
use crate::source::{FileId, Sources};
use std::collections::{BTreeMap, BTreeSet};

/// A file with changes made.
#[derive(Debug, PartialEq, Eq)]
pub struct Mended<'d> {
    /// Its path from the lab's folder.
    pub path: String,
    /// Its text as it was.
    pub before: String,
    /// Its text with the changes.
    pub text: String,
    /// What was changed, from the file's start to its end, each with the code of its diagnostic.
    pub changes: Vec<(&'static str, &'d Fix)>,
}

/// Makes all changes that the diagnostics offer. Of changes that overlap only the first is made; a file with syntax
/// errors, in which places may not mean what they seem to, is left alone, and so is what ships inside the binary.
#[must_use]
pub fn mend<'d>(sources: &Sources, diagnostics: &'d [Diagnostic]) -> Vec<Mended<'d>> {
    let is_syntax = |it: &&Diagnostic| it.code.name.starts_with("kdl-") || it.code.name.starts_with("hcl-");
    let unclear: BTreeSet<FileId> = diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .filter(is_syntax)
        .map(|it| it.primary.span.file)
        .collect();
    let mut files: BTreeMap<FileId, Vec<(&'static str, &Fix)>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let file = fix.span.file;
        if !unclear.contains(&file) && !sources.path(file).starts_with("hlmc:") {
            files.entry(file).or_default().push((diagnostic.code.name, fix));
        }
    }
    files.into_iter().filter_map(|(file, changes)| mended(sources, file, changes)).collect()
}

fn mended<'d>(sources: &Sources, file: FileId, mut changes: Vec<(&'static str, &'d Fix)>) -> Option<Mended<'d>> {
    let source = sources.get(file)?;
    changes.sort_by_key(|(_, fix)| (fix.span.start, fix.span.end));
    let mut text = String::with_capacity(source.text.len());
    let mut end = 0;
    let mut last = None;
    changes.retain(|(_, fix)| {
        let (start, stop) = (fix.span.start as usize, fix.span.end as usize);
        // Two insertions at one place could be meant in either order.
        let free = start >= end && last != Some((start, stop));
        let Some(between) = source.text.get(end..start).filter(|_| free && stop <= source.text.len()) else {
            return false;
        };
        text.push_str(between);
        text.push_str(&line_breaks(&fix.replacement, &source.text));
        (end, last) = (stop, Some((start, stop)));
        true
    });
    text.push_str(source.text.get(end..)?);
    let before = source.text.to_string();
    (text != before).then(|| Mended { path: source.path.to_string(), before, text, changes })
}

/// A replacement with the line breaks of its file.
fn line_breaks(replacement: &str, text: &str) -> String {
    if text.contains("\r\n") { replacement.replace('\n', "\r\n") } else { replacement.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::codes::bare_number;
    use crate::diagnostic::Code;
    use crate::source::Span;

    static SYNTAX: Code =
        Code { name: "kdl-needs-quotes", severity: Severity::Error, summary: "", page: "", allowable: false };

    fn found(code: &'static Code, span: Span, replacement: &str) -> Diagnostic {
        Diagnostic::new(code, "m", span, "l").fix(span, replacement)
    }

    #[test]
    fn changes_are_made_once_and_none_over_another() {
        let mut sources = Sources::default();
        let file = sources.add("a.kdl", "\u{feff}one two\r\nthree\r\n");
        let at = |start, end| Span::new(file, start, end);
        let code = &bare_number::CODE;
        let diagnostics = [
            found(code, at(7, 10), "2\n2"),
            found(code, at(3, 6), "1"),
            found(code, at(3, 6), "1"),
            found(code, at(5, 8), "overlaps"),
            found(code, at(12, 12), "x"),
        ];
        let mended = mend(&sources, &diagnostics);
        assert_eq!(mended.len(), 1);
        assert_eq!(mended[0].text, "\u{feff}1 2\r\n2\r\nxthree\r\n");
        assert_eq!(mended[0].changes.len(), 3);
    }

    #[test]
    fn files_with_syntax_errors_and_those_of_the_binary_are_left_alone() {
        let mut sources = Sources::default();
        let (broken, embedded) = (sources.add("a.kdl", "one two"), sources.add("hlmc:b.kdl", "one two"));
        let diagnostics = [
            found(&bare_number::CODE, Span::new(broken, 0, 3), "1"),
            Diagnostic::new(&SYNTAX, "m", Span::new(broken, 4, 7), "l"),
            found(&bare_number::CODE, Span::new(embedded, 0, 3), "1"),
        ];
        assert_eq!(mend(&sources, &diagnostics), []);
    }
}
