//! Texts and keys as HCL literals. Both versions of the language read every text back as it was.
//!
//! What HCL 2 cannot carry is a text that isn't in Unicode's composed form (NFC): its parsers compose what they read. The
//! check `decomposed-text` keeps such texts out of jobs.

use super::Dialect;
use std::fmt::Write;

/// The first parts of references that Nomad resolves when it places or starts a task.
const ROOTS: [&str; 5] = ["attr", "device", "env", "meta", "node"];

/// The bytes that may not stand in quotes as they are, or have to be looked at with what follows.
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte < 0x20 || byte >= 0x7f || matches!(byte as u8, b'"' | b'\\' | b'$' | b'%');
        byte += 1;
    }
    table
};

/// The bytes of a name that may stand without quotes.
const IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'_' | b'-');
        byte += 1;
    }
    table
};

/// Whether a name may stand without quotes before `=` in a block.
pub(crate) fn is_identifier(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && bytes.iter().all(|byte| IN_NAME[usize::from(*byte)])
}

/// Whether a name may stand without quotes as the key of a map, where some words mean something else.
pub(super) fn is_key(name: &str) -> bool {
    let means_more = matches!(name, "else" | "endfor" | "endif" | "false" | "for" | "if" | "in" | "null" | "true");
    !means_more && is_identifier(name)
}

/// A key in quotes, in ASCII so that its width is its length.
pub(super) fn push_key(out: &mut String, name: &str, dialect: Dialect) {
    if name.is_ascii() {
        push_quoted(out, name, dialect);
        return;
    }
    let mut quoted = String::with_capacity(name.len() + 2);
    push_quoted(&mut quoted, name, dialect);
    for c in quoted.chars() {
        if c.is_ascii() { out.push(c) } else { push_code_point(out, c) }
    }
}

/// A text in quotes.
pub(super) fn push_quoted(out: &mut String, text: &str, dialect: Dialect) {
    out.reserve(text.len() + 2);
    out.push('"');
    let mut from = 0;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !SPECIAL[bytes[at] as usize] {
            at += 1;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        let end = at + c.len_utf8();
        match c {
            '$' | '%' => {
                let (length, escaped) = sigils(text, at, dialect);
                if let Some(escaped) = escaped {
                    out.push_str(&text[from..at]);
                    escaped.push(out, &text[at..at + length]);
                    from = at + length;
                }
                at += length;
                continue;
            }
            c if !is_plain(c) => {
                out.push_str(&text[from..at]);
                push_escape(out, c);
                from = end;
            }
            _ => {}
        }
        at = end;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

/// How a run of `$` or `%` that opens a brace is written.
enum Sigils {
    /// `$${`: the one doubled.
    Doubled,
    /// `\u0024{`: by code points.
    CodePoints,
}

impl Sigils {
    fn push(&self, out: &mut String, run: &str) {
        match self {
            Self::Doubled => {
                out.push_str(run);
                out.push_str(run);
            }
            Self::CodePoints => run.chars().for_each(|c| push_code_point(out, c)),
        }
    }
}

/// How many bytes from `at` belong together, and how they are written when not as they are.
fn sigils(text: &str, at: usize, dialect: Dialect) -> (usize, Option<Sigils>) {
    let sigil = text.as_bytes()[at];
    let run = text.as_bytes()[at..].iter().take_while(|byte| **byte == sigil).count();
    if text.as_bytes().get(at + run) != Some(&b'{') {
        return (run, None);
    }
    match (dialect, sigil) {
        (Dialect::Hcl1, b'%') => (run, None),
        (Dialect::Hcl1, _) => (run, Some(Sigils::CodePoints)),
        (Dialect::Job, b'$') if run == 1 => match reference(&text[at..]) {
            Some(length) => (length, None),
            None => (run, Some(Sigils::Doubled)),
        },
        _ if run == 1 => (run, Some(Sigils::Doubled)),
        // A longer run before a brace reads differently in different versions of the parser.
        _ => (run, Some(Sigils::CodePoints)),
    }
}

/// The length of the reference that a text starts with, if Nomad's job parser gives it back as it is: a path of names from
/// a known root, and no `}` next, which that parser would take for its own.
fn reference(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("${")?;
    let end = inner.find('}')?;
    let (path, rest) = (&inner[..end], &inner[end + 1..]);
    if rest.trim_start_matches(' ').starts_with('}') {
        return None;
    }
    let path = match path.strip_suffix("\"]") {
        Some(indexed) => {
            let (path, index) = indexed.split_once("[\"")?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
            index.bytes().all(plain).then_some(path)?
        }
        None => path,
    };
    let mut names = path.split('.');
    let root = names.next()?;
    let known = ROOTS.contains(&root) || root.starts_with("NOMAD_");
    (known && is_identifier(root) && names.all(is_identifier)).then_some(end + 3)
}

/// Whether a text reads better as a heredoc and can be one: several whole lines of plain characters.
pub(super) fn wants_heredoc(text: &str) -> bool {
    let Some(lines) = text.strip_suffix('\n') else { return false };
    let in_ascii = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    lines.contains('\n')
        // Every byte is looked at, so that many are at once.
        && (lines.bytes().fold(true, |all, byte| all & in_ascii(byte))
            || lines.chars().all(|c| is_plain(c) || matches!(c, '\n' | '\t' | '"' | '\\')))
        && !["$${", "%%{"].into_iter().any(|doubled| lines.contains(doubled))
}

/// A text as heredoc; it [wants](wants_heredoc) to be one.
pub(super) fn push_heredoc(out: &mut String, text: &str, dialect: Dialect) {
    let mut marker = String::from("EOF");
    while text.contains(&marker) {
        marker.push('_');
    }
    out.reserve(text.len() + 2 * marker.len() + 3);
    out.push_str("<<");
    out.push_str(&marker);
    out.push('\n');
    let mut from = 0;
    let opens = text.contains("${") || text.contains("%{");
    for (brace, _) in opens.then(|| text.match_indices('{')).into_iter().flatten() {
        let Some(at) = brace.checked_sub(1).filter(|at| matches!(text.as_bytes()[*at], b'$' | b'%')) else { continue };
        if dialect == Dialect::Job && reference(&text[at..]).is_some() {
            continue;
        }
        out.push_str(&text[from..brace]);
        from = at;
    }
    out.push_str(&text[from..]);
    out.push_str(&marker);
}

/// Whether a character stands in quotes as it is. Not so what a reader can't see, and U+E123, which HCL 1 keeps for itself.
fn is_plain(c: char) -> bool {
    !matches!(
        c,
        '"' | '\\'
            | '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{e123}'
            | '\u{feff}'
            | '\u{fff0}'..='\u{ffff}'
    )
}

fn push_escape(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c => push_code_point(out, c),
    }
}

fn push_code_point(out: &mut String, c: char) {
    let code = u32::from(c);
    let _ = if code > 0xffff { write!(out, "\\U{code:08x}") } else { write!(out, "\\u{code:04x}") };
}
