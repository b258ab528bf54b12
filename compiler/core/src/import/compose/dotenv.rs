//! Files of variables, such as `.env`: a line each, with Compose's rules for quotes and comments.

use super::codes::compose_bad_value::bad_value;
use super::variables::Variables;
use crate::diagnostic::Sink;
use crate::source::{FileId, Span, Spanned};

/// A variable, with the place of its value.
pub(super) type Line = (Spanned<String>, Option<Spanned<String>>);

/// Reads the lines of a file. What is in double quotes, or in none, may name variables of `known` and of lines before.
pub(super) fn read(text: &str, file: FileId, known: &Variables, sink: &mut Sink) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut seen = known.clone();
    let text_start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut at = text_start;
    while at < text.len() {
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        let line = text[at..end].trim_end_matches('\r');
        let trimmed = line.trim_start();
        let start = at + line.len() - trimmed.len();
        at = end + 1;
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (start, trimmed) = match trimmed.strip_prefix("export ") {
            Some(rest) => (start + trimmed.len() - rest.len(), rest),
            None => (start, trimmed),
        };
        let name_end = trimmed.find(['=', ':']).unwrap_or(trimmed.len());
        let name = trimmed[..name_end].trim_end();
        let place = span(file, start, start + name.len());
        if name.is_empty() || name.chars().any(char::is_whitespace) {
            sink.push(bad_value(name, "a variable", place).help("write `NAME=value`, a line each"));
            continue;
        }
        let key = Spanned::new(name.to_owned(), place);
        if name_end == trimmed.len() {
            lines.push((key, None));
            continue;
        }
        let value_start = start + name_end + 1;
        let (value, next) = value(text, value_start, file, &mut seen, sink);
        at = at.max(next);
        seen.set(name, &value.value);
        lines.push((key, Some(value)));
    }
    lines
}

/// The lines of a file as they are, for `format: raw`.
pub(super) fn read_raw(text: &str, file: FileId) -> Vec<Line> {
    let mut at = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let plain = line.trim_end_matches('\r');
        if let Some((name, value)) = plain.split_once('=').filter(|_| !plain.trim_start().starts_with('#')) {
            let key = Spanned::new(name.to_owned(), span(file, at, at + name.len()));
            let from = at + name.len() + 1;
            lines.push((key, Some(Spanned::new(value.to_owned(), span(file, from, from + value.len())))));
        }
        at += line.len() + 1;
    }
    lines
}

/// The value that starts at an offset, and where the text goes on behind it.
fn value(text: &str, start: usize, file: FileId, known: &mut Variables, sink: &mut Sink) -> (Spanned<String>, usize) {
    let rest = &text[start..];
    let from = start + rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let rest = &text[from..];
    if let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        if let Some(len) = closing(&rest[1..], quote) {
            let inside = &rest[1..=len];
            let place = span(file, from, from + len + 2);
            let value = if quote == '"' { known.fill(&unescape(inside), place, sink) } else { inside.to_owned() };
            let end = text[from + len..].find('\n').map_or(text.len(), |end| from + len + end + 1);
            return (Spanned::new(value, place), end);
        }
        let end = rest.find('\n').unwrap_or(rest.len());
        let place = span(file, from, from + end);
        sink.push(bad_value(rest[..end].trim_end(), "a value whose quote is closed", place).help("close the quote"));
        return (Spanned::new(String::new(), place), from + end + 1);
    }
    let end = rest.find('\n').unwrap_or(rest.len());
    let line = &rest[..end];
    let comment = if line.starts_with('#') { Some(0) } else { line.find(" #").or_else(|| line.find("\t#")) };
    let plain = line[..comment.unwrap_or(line.len())].trim_end();
    let place = span(file, from, from + plain.len());
    let value = known.fill(plain, place, sink);
    (Spanned::new(value, place), from + end + 1)
}

/// How long a quoted text is.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            c if c == quote && !escaped => return Some(at),
            '\\' if quote == '"' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('$') => out.push_str("$$"),
            Some(c @ ('"' | '\\')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

fn span(file: FileId, start: usize, end: usize) -> Span {
    Span::new(file, u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(String, Option<String>)> {
        let mut sink = Sink::default();
        let lines = read(text, FileId::default(), &Variables::default(), &mut sink);
        assert_eq!(sink.found(), 0);
        lines.into_iter().map(|(name, value)| (name.value, value.map(|value| value.value))).collect()
    }

    #[test]
    fn quotes_comments_and_references() {
        let text = "\u{feff}# top\nA=1 # one\r\nexport B=\"two # \\\"x\\\"\" # c\n C='${A}'\nD=${A}-${E:-e}#f\nF=\nG\n\nH=\"a\nb\"\nI: x\n";
        let expected = [
            ("A", Some("1")),
            ("B", Some("two # \"x\"")),
            ("C", Some("${A}")),
            ("D", Some("1-e#f")),
            ("F", Some("")),
            ("G", None),
            ("H", Some("a\nb")),
            ("I", Some("x")),
        ];
        let expected: Vec<(String, Option<String>)> =
            expected.into_iter().map(|(name, value)| (name.to_owned(), value.map(str::to_owned))).collect();
        assert_eq!(lines(text), expected);
    }

    #[test]
    fn raw_lines_are_taken_as_they_are() {
        let lines = read_raw("A=\"$x\" # y\nno\n#B=1\n", FileId::default());
        let plain: Vec<_> =
            lines.iter().map(|(name, value)| (name.as_str(), value.as_ref().map(|it| it.as_str()))).collect();
        assert_eq!(plain, [("A", Some("\"$x\" # y"))]);
    }
}
