//! The texts of a lab as they are printed: with their lines counted once, and without what a terminal would obey.

use hlmc_core::source::{FileId, Sources, Span};
use std::collections::BTreeMap;
use std::path::Path;

/// A place as people and editors count: both from 1, the column in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub(crate) struct Position {
    /// Line.
    pub(crate) line: usize,
    /// Column.
    pub(crate) column: usize,
}

/// A place as SARIF counts: all from 1, columns in UTF-16 code units, the end one past the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// One text.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path as it is printed.
    pub(crate) path: String,
    /// The text; as many bytes as the file, so every span fits.
    pub(crate) text: String,
    line_starts: Vec<usize>,
}

/// All texts that have diagnostics.
#[derive(Debug)]
pub(crate) struct Pages {
    pages: BTreeMap<FileId, Page>,
}

impl Pages {
    /// Prepares the texts of these files. `lab` is put before the path of each file that lies in the lab.
    pub(crate) fn new(sources: &Sources, files: impl Iterator<Item = FileId>, lab: &Path) -> Self {
        let mut pages = BTreeMap::new();
        for file in files {
            if let Some(source) = sources.get(file) {
                pages.entry(file).or_insert_with(|| Page::new(&source.path, &source.text, lab));
            }
        }
        Self { pages }
    }

    /// The text of a file.
    pub(crate) fn get(&self, file: FileId) -> Option<&Page> {
        self.pages.get(&file)
    }

    /// The path of a span's file, as it is printed.
    pub(crate) fn path(&self, span: Span) -> &str {
        self.get(span.file).map_or("<unknown>", |page| &page.path)
    }

    /// Where a span starts.
    pub(crate) fn start(&self, span: Span) -> Position {
        self.position(span.file, span.start)
    }

    /// Where a span ends: one past its last character.
    pub(crate) fn end(&self, span: Span) -> Position {
        self.position(span.file, span.end)
    }

    /// A span as SARIF counts.
    pub(crate) fn region(&self, span: Span) -> Region {
        let at = |offset: u32| {
            let page = self.get(span.file).map(|page| page.before(offset as usize));
            page.map_or((1, 1), |(line, before)| (line + 1, before.encode_utf16().count() + 1))
        };
        let ((start_line, start_column), (end_line, end_column)) = (at(span.start), at(span.end));
        Region { start_line, start_column, end_line, end_column }
    }

    fn position(&self, file: FileId, offset: u32) -> Position {
        self.get(file).map_or(Position { line: 1, column: 1 }, |page| page.position(offset as usize))
    }
}

impl Page {
    fn new(path: &str, text: &str, lab: &Path) -> Self {
        let path = if path.starts_with("hlmc:") { path.to_owned() } else { lab.join(path).display().to_string() };
        let text = disarm(text);
        let line_starts = [0].into_iter().chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path: super::printable(&path).replace('\n', "\u{fffd}"), text, line_starts }
    }

    /// The last place at or before an offset where a character starts.
    pub(crate) fn boundary(&self, offset: usize) -> usize {
        self.text.floor_char_boundary(offset)
    }

    /// The line that an offset lies in, from 0.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The bytes of a line, with its line break.
    pub(crate) fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let start = |line: usize| self.line_starts.get(line).copied().unwrap_or(self.text.len());
        start(line)..start(line + 1)
    }

    /// Line and column of an offset.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let (line, before) = self.before(offset);
        Position { line: line + 1, column: before.chars().count() + 1 }
    }

    /// The line that an offset lies in, from 0, and what stands before it there; editors show no byte order mark.
    fn before(&self, offset: usize) -> (usize, &str) {
        let offset = self.boundary(offset);
        let line = self.line(offset);
        let before = &self.text[self.line_range(line).start..offset];
        let marked = if line == 0 { before.strip_prefix('\u{feff}') } else { None };
        (line, marked.unwrap_or(before))
    }
}

/// Whether a terminal would obey the character rather than show it: controls, and what reverses the text around it.
pub(crate) fn is_obeyed(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Replaces such characters by others with as many bytes.
fn disarm(text: &str) -> String {
    let replace = |letter: char| match letter {
        '\n' | '\t' | '\r' => letter,
        _ if !is_obeyed(letter) => letter,
        _ => match letter.len_utf8() {
            1 => '?',
            2 => '¿',
            _ => '\u{fffd}',
        },
    };
    text.chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_keeps_offsets() {
        let page = Page::new("nodes/a.kdl", "ä\u{1b}[2J \u{202e}x\nb\u{85}c", Path::new("../lab"));
        assert_eq!(page.path, "../lab/nodes/a.kdl");
        assert_eq!(page.text, "ä?[2J \u{fffd}x\nb¿c");
        assert_eq!(page.position(0), Position { line: 1, column: 1 });
        assert_eq!(page.position(1), Position { line: 1, column: 1 });
        assert_eq!(page.position(2), Position { line: 1, column: 2 });
        assert_eq!(page.position(12), Position { line: 2, column: 1 });
        assert_eq!(page.position(99), Position { line: 2, column: 4 });
    }

    #[test]
    fn each_format_has_its_unit_and_none_counts_the_byte_order_mark() {
        let text = "\u{feff}x \"😀ä\" y\nz";
        let mut sources = Sources::default();
        let file = sources.add("a.kdl", text);
        let pages = Pages::new(&sources, [file].into_iter(), Path::new(""));
        let of = |part: &str| {
            let start = text.find(part).unwrap() as u32;
            Span::new(file, start, start + part.len() as u32)
        };
        assert_eq!(pages.start(of("x")), Position { line: 1, column: 1 });
        assert_eq!(pages.start(of("y")), Position { line: 1, column: 8 });
        let region = Region { start_line: 1, start_column: 9, end_line: 1, end_column: 10 };
        assert_eq!(pages.region(of("y")), region);
        let region = Region { start_line: 1, start_column: 3, end_line: 2, end_column: 2 };
        assert_eq!(pages.region(of("\"😀ä\" y\nz")), region);
        assert_eq!(sources.line_column(file, of("y").start), (1, 8));
    }

    #[test]
    fn leaves_embedded_paths_alone() {
        assert_eq!(Page::new("hlmc:services/plex", "", Path::new("lab")).path, "hlmc:services/plex");
        assert_eq!(Page::new("a\n\u{1b}.kdl", "", Path::new("")).path, "a\u{fffd}\u{fffd}.kdl");
    }
}
