//! The values of quoted strings: escapes, and the indentation of those of several lines.

use std::borrow::Cow;

use crate::chars::{char_len, line_end, newline_len, skip_blank, space_len};
use crate::error::{ErrorKind, SyntaxError, excerpt};
use crate::span::Span;
use crate::token::{Note, Token, TokenKind};

/// A value and what is wrong with its spelling: at most one error a string.
pub(crate) type Decoded<'a> = (Cow<'a, str>, Option<Box<SyntaxError>>);

/// Returns the value of a quoted or raw string.
pub(crate) fn decode(text: &str, token: Token) -> Decoded<'_> {
    let whole = token.span.of(text);
    let hashes = whole.bytes().take_while(|&byte| byte == b'#').count();
    let multiline = matches!(token.kind, TokenKind::MultilineString | TokenKind::MultilineRawString);
    let open = hashes + if multiline { 3 } else { 1 };
    let body = match token.note {
        Note::Unclosed => whole.get(open..),
        _ => whole.get(open..whole.len().saturating_sub(open)),
    };
    let body = body.unwrap_or_default();
    let at = token.span.start + open as u32;
    match token.note {
        Note::Unclosed if multiline => (Cow::Borrowed(body), None),
        Note::Unclosed => (Cow::Borrowed(body), Some(unclosed(token, whole, hashes))),
        Note::Broken => (Cow::Borrowed(body), Some(broken(token, hashes))),
        note if multiline => {
            let escaped = note == Note::Escaped && hashes == 0;
            let bad = if escaped { bad_escape(body, at) } else { None };
            let (value, layout) = dedent(body, escaped, token);
            (value, bad.or(layout))
        }
        Note::Escaped if hashes == 0 => (Cow::Owned(resolve(&drop_escaped_blanks(body))), bad_escape(body, at)),
        _ => (Cow::Borrowed(body), None),
    }
}

fn unclosed(token: Token, whole: &str, hashes: usize) -> Box<SyntaxError> {
    let marks = "#".repeat(hashes.min(8));
    let shown = excerpt(whole);
    Box::new(
        SyntaxError::new(
            ErrorKind::UnclosedString,
            token.span,
            format!("the string `{shown}` is never closed"),
            format!("`\"{marks}` is missing before the end of the line"),
        )
        .help("close it on its line; text of several lines goes between `\"\"\"` and `\"\"\"`"),
    )
}

fn broken(token: Token, hashes: usize) -> Box<SyntaxError> {
    let marks = "#".repeat(hashes.min(8));
    Box::new(
        SyntaxError::new(
            ErrorKind::BadMultilineString,
            token.span,
            format!("a string between `{marks}\"` and `\"{marks}` can't go over several lines"),
            "a line break in this string",
        )
        .help(format!(
            "open with `{marks}\"\"\"` at the end of a line and close with `\"\"\"{marks}` on a line of its own, or write `\\n`"
        )),
    )
}

/// Removes each backslash before white space, and that white space.
fn drop_escaped_blanks(body: &str) -> Cow<'_, str> {
    let bytes = body.as_bytes();
    let mut out = String::new();
    let (mut from, mut at) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            at += 1;
            continue;
        }
        let blank = skip_blank(bytes, at + 1);
        if blank > at + 1 {
            out.push_str(&body[from..at]);
            (from, at) = (blank, blank);
        } else {
            at += 1 + bytes.get(at + 1).map_or(0, |&lead| char_len(lead));
        }
    }
    if from == 0 {
        return Cow::Borrowed(body);
    }
    out.push_str(&body[from..]);
    Cow::Owned(out)
}

/// Replaces escapes by what they stand for; wrong ones stay as they are.
fn resolve(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (char, len) = escape(rest).unwrap_or(('\\', 1));
        out.push(char);
        rest = &rest[len..];
    }
    out.push_str(rest);
    out
}

/// Why an escape is none: its length, the label, the help.
type Complaint = (usize, &'static str, String);

/// Reads the escape at the start of `text`: the character and the escape's length.
fn escape(text: &str) -> Result<(char, usize), Complaint> {
    let char = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b's') => ' ',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{C}',
        Some(b'\\') => '\\',
        Some(b'"') => '"',
        Some(b'u') => return unicode_escape(text),
        other => {
            let help = "a backslash itself is `\\\\`; in a raw string, `#\"…\"#`, nothing is an escape; \
                 the escapes are \\n \\r \\t \\s \\b \\f \\\\ \\\" and \\u{…}";
            let len = 1 + other.map_or(0, |&lead| char_len(lead));
            return Err((len, "no such escape", help.to_owned()));
        }
    };
    Ok((char, 2))
}

fn unicode_escape(text: &str) -> Result<(char, usize), Complaint> {
    let rest = &text[2..];
    let Some(inner) = rest.strip_prefix('{') else {
        let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).take(4).collect();
        let shown = if digits.is_empty() { "e9" } else { &digits };
        let help = format!("write `\\u{{{shown}}}`");
        return Err((2 + digits.len(), "the braces are missing", help));
    };
    let digits = inner.bytes().take_while(u8::is_ascii_hexdigit).count();
    let help = "write one to six hexadecimal digits between braces, such as `\\u{e9}`".to_owned();
    if inner.as_bytes().get(digits) != Some(&b'}') {
        return Err((3 + digits, "`}` is missing after the hexadecimal digits", help));
    }
    let len = digits + 4;
    if digits == 0 || digits > 6 {
        return Err((len, "one to six hexadecimal digits are needed", help));
    }
    let value = u32::from_str_radix(&inner[..digits], 16).unwrap_or(u32::MAX);
    match char::from_u32(value) {
        Some(char) => Ok((char, len)),
        None if value <= 0xFFFF => Err((
            len,
            "half of a surrogate pair is no character",
            "write the character's own number, such as `\\u{1F600}`".to_owned(),
        )),
        None => Err((len, "beyond the last character", "the last one is `\\u{10FFFF}`".to_owned())),
    }
}

/// Returns the first wrong escape of a string body that starts at offset `base`.
fn bad_escape(body: &str, base: u32) -> Option<Box<SyntaxError>> {
    let bytes = body.as_bytes();
    let mut at = 0;
    while let Some(offset) = body[at..].find('\\') {
        at += offset;
        let blank = skip_blank(bytes, at + 1);
        if blank > at + 1 {
            at = blank;
            continue;
        }
        match escape(&body[at..]) {
            Ok((_, len)) => at += len,
            Err((len, label, help)) => {
                let shown = body.get(at..at + len).unwrap_or("\\");
                let span = Span::new(base + at as u32, base + (at + shown.len()) as u32);
                let message = format!("`{}` is not an escape", excerpt(shown));
                let error = SyntaxError::new(ErrorKind::BadEscape, span, message, label);
                return Some(Box::new(error.help(help)));
            }
        }
    }
    None
}

/// Returns the value of what stands between the quotes of a multi-line string.
fn dedent(body: &str, escaped: bool, token: Token) -> Decoded<'_> {
    let first = newline_len(body.as_bytes(), 0);
    if first == 0 {
        return (Cow::Borrowed(body), Some(first_line(body, token)));
    }
    let content = &body[first..];
    let content = if escaped { drop_escaped_blanks(content) } else { Cow::Borrowed(content) };
    let (value, error) = match strip_prefixes(&content) {
        Ok(value) => (value, None),
        Err(fault) => (content.to_string(), Some(fault)),
    };
    let value = if escaped { resolve(&value) } else { value };
    let error = error.map(|fault| complain(fault, &content, first, escaped, token));
    (Cow::Owned(value), error)
}

/// What is wrong with the layout of a multi-line string.
enum Fault {
    /// The closing quotes share their line with text.
    LastLine,
    /// The line at this offset doesn't start with the closing line's white space.
    Line { at: usize, prefix: String },
}

/// Removes the closing line, and its white space from the start of every other line.
fn strip_prefixes(content: &str) -> Result<String, Fault> {
    let bytes = content.as_bytes();
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        match newline_len(bytes, at) {
            0 => at += 1,
            len => {
                lines.push(start..at);
                at += len;
                start = at;
            }
        }
    }
    let prefix = &content[start..];
    if !is_blank(prefix) {
        return Err(Fault::LastLine);
    }
    let mut out = String::with_capacity(content.len());
    for (index, range) in lines.into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let line = &content[range.clone()];
        if let Some(rest) = line.strip_prefix(prefix) {
            if !is_blank(rest) {
                out.push_str(rest);
            }
        } else if !is_blank(line) {
            let (at, prefix) = (range.start, prefix.to_owned());
            return Err(Fault::Line { at, prefix });
        }
    }
    Ok(out)
}

fn is_blank(line: &str) -> bool {
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match space_len(bytes, at) {
            0 => return false,
            len => at += len,
        }
    }
    true
}

fn first_line(body: &str, token: Token) -> Box<SyntaxError> {
    let single = !body.bytes().any(|byte| matches!(byte, b'\n' | b'\r'));
    let help = if single {
        format!("a string of one line needs one quotation mark: `\"{}\"`", excerpt(body))
    } else {
        "move the text after the opening `\"\"\"` to the next line".to_owned()
    };
    let open = token.span.len() - body.len() as u32;
    let line = open / 2 + line_end(body.as_bytes(), 0) as u32;
    let start = token.span.start;
    let span = if single { token.span } else { Span::new(start, start + line) };
    let error = SyntaxError::new(
        ErrorKind::BadMultilineString,
        span,
        "the text of a `\"\"\"` string starts on the line after it",
        "text on the opening line",
    );
    Box::new(error.help(help))
}

fn complain(fault: Fault, content: &str, first: usize, escaped: bool, token: Token) -> Box<SyntaxError> {
    let hashes = (token.span.len() as usize).saturating_sub(content.len() + first + 6) / 2;
    let hashes = if escaped { 0 } else { hashes as u32 };
    let end = token.span.end - hashes;
    let close = Span::new(end.saturating_sub(3), end);
    let kind = ErrorKind::BadMultilineString;
    Box::new(match fault {
        Fault::LastLine => SyntaxError::new(
            kind,
            close,
            "the closing `\"\"\"` of a string needs a line of its own",
            "text before it on this line",
        )
        .help("move the closing `\"\"\"` to the next line; its indentation is what is removed from every line"),
        Fault::Line { at, prefix } => {
            let line = content[at..].lines().next().unwrap_or_default();
            // Escaped line breaks shift the offsets: then the whole string is the place.
            let unshifted = content.len() + first + 6 + 2 * hashes as usize;
            let (span, label) = if unshifted == token.span.len() as usize {
                let start = token.span.start + hashes + (3 + first + at) as u32;
                (Span::new(start, start + line.len() as u32), "should start")
            } else {
                (token.span, "a line in it should start")
            };
            SyntaxError::new(
                kind,
                span,
                "a line of this string is indented less, or otherwise, than its closing `\"\"\"`",
                format!("{label} with the {} of the closing line", name_blank(&prefix)),
            )
            .secondary(close, "the closing line's indentation is what is removed from every line")
            .help("indent the line with the same characters, or the closing `\"\"\"` less")
        }
    })
}

fn name_blank(prefix: &str) -> String {
    let count = prefix.chars().count();
    let plural = if count == 1 { "" } else { "s" };
    if prefix.chars().all(|char| char == ' ') {
        format!("{count} space{plural}")
    } else if prefix.chars().all(|char| char == '\t') {
        format!("{count} tab{plural}")
    } else {
        "same white space".to_owned()
    }
}
