//! YAML, laid out as Nomad's `yamlencode` does: every text in double quotes, or as a literal block where it has several lines.

use super::arguments::{Arguments, Wrong};
use super::encoding::from_json;
use crate::nomad::form::ValueKind;
use std::fmt::Write as _;

type Done = Result<ValueKind, Wrong>;

/// Columns behind which a space in a quoted text starts a new line.
const WIDTH: usize = 80;

/// Longer keys are written behind `?`, in bytes.
const SIMPLE_KEY: usize = 128;

pub(super) fn yamldecode(arguments: &Arguments<'_>) -> Done {
    let text = arguments.text(0)?;
    let value: serde_json::Value =
        serde_saphyr::from_str(&text).map_err(|error| Wrong::new(0, format!("this is no YAML: {error}")))?;
    Ok(from_json(value, arguments.span()).kind)
}

pub(super) fn yamlencode(arguments: &Arguments<'_>) -> Done {
    let mut writer = Writer { out: String::new(), column: 0 };
    writer.node(arguments.kind(0), 0, false);
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    Ok(ValueKind::Str(writer.out))
}

struct Writer {
    out: String,
    /// Characters since the last line break.
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.column = text[at + 1..].chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    /// Starts a line with an indentation, unless that is where the text stands.
    fn line(&mut self, indent: usize) {
        if self.column > indent || !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.put("\n");
        }
        while self.column < indent {
            self.put(" ");
        }
    }

    /// A value whose lines are indented so far; `value` says that it stands behind a key.
    fn node(&mut self, kind: &ValueKind, indent: usize, value: bool) {
        match kind {
            ValueKind::List(list) if list.is_empty() => self.scalar("[]"),
            ValueKind::Map(map) if map.is_empty() => self.scalar("{}"),
            ValueKind::List(list) => {
                // A list below a key stands as far left as the key.
                let indent = if value { indent.saturating_sub(2) } else { indent };
                for element in list {
                    self.line(indent);
                    self.put("-");
                    self.space(&element.kind);
                    self.node(&element.kind, indent + 2, false);
                }
            }
            ValueKind::Map(map) => {
                let mut entries: Vec<_> = map.iter().collect();
                entries.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
                for (key, value) in entries {
                    self.line(indent);
                    if key.value.len() <= SIMPLE_KEY
                        && !key.value.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
                    {
                        self.quoted(&key.value, None);
                    } else {
                        self.put("? ");
                        self.text(&key.value, indent + 2);
                        self.line(indent);
                    }
                    self.put(":");
                    self.node(&value.kind, indent + 2, true);
                }
            }
            ValueKind::Str(text) | ValueKind::Tagged(_, text) | ValueKind::Artifact(text) => {
                self.separate();
                self.text(text, indent);
            }
            ValueKind::Null => self.scalar("null"),
            ValueKind::Bool(truth) => self.scalar(if *truth { "true" } else { "false" }),
            ValueKind::Int(number) => self.scalar(&number.to_string()),
            ValueKind::Float(number) => self.scalar(&number.to_string()),
        }
    }

    /// Where something of several lines follows `-`, it starts on the same line.
    fn space(&mut self, kind: &ValueKind) {
        match kind {
            ValueKind::List(list) if !list.is_empty() => self.put(" "),
            ValueKind::Map(map) if !map.is_empty() => self.put(" "),
            _ => {}
        }
    }

    fn separate(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.put(" ");
        }
    }

    fn scalar(&mut self, text: &str) {
        self.separate();
        self.put(text);
    }

    fn text(&mut self, text: &str, indent: usize) {
        if text.contains('\n') && is_block(text) { self.literal(text, indent) } else { self.quoted(text, Some(indent)) }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        match text.strip_suffix('\n') {
            None => self.put("-"),
            Some(rest) if rest.is_empty() || rest.ends_with('\n') => self.put("+"),
            Some(_) => {}
        }
        self.put("\n");
        for line in text.split_inclusive('\n') {
            if line != "\n" {
                self.put(&" ".repeat(indent));
            }
            self.put(line);
        }
    }

    /// A text in quotes; with an indentation, it may go on on the next line.
    fn quoted(&mut self, text: &str, indent: Option<usize>) {
        self.put("\"");
        let mut after_space = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == ' ' {
                let inside = at > 0 && at + 1 < text.len();
                match indent.filter(|_| !after_space && self.column > WIDTH && inside) {
                    Some(indent) => {
                        self.put("\n");
                        self.put(&" ".repeat(indent));
                        if chars.peek().is_some_and(|(_, next)| *next == ' ') {
                            self.put("\\");
                        }
                    }
                    None => self.put(" "),
                }
                after_space = true;
                continue;
            }
            after_space = false;
            if is_printable(c)
                && !matches!(c, '"' | '\\' | '\u{feff}' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
            {
                self.put(c.encode_utf8(&mut [0; 4]));
            } else {
                self.put(&escape(c));
            }
        }
        self.put("\"");
    }
}

/// Whether a text can stand as a block: no space before a line's end, nothing that needs an escape.
fn is_block(text: &str) -> bool {
    !text.ends_with(' ') && !text.contains(" \n") && text.chars().all(|c| c == '\n' || is_printable(c))
}

/// What YAML's writer puts down as it is.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' | '\\' => c,
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        _ => {
            let code = u32::from(c);
            let mut out = String::new();
            let _ = match code {
                0..=0xff => write!(out, "\\x{code:02X}"),
                0x100..=0xffff => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            };
            return out;
        }
    };
    format!("\\{short}")
}
