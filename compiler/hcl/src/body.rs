//! Attributes and blocks, and how reading goes on after a mistake.

use crate::complaint;
use crate::cursor::{Comment, Cursor, name_length};
use crate::error::Error;
use crate::tree::{Attribute, Block, Body, Expr, Item, Label, Name};
use hlmc_syntax::Span;

pub use crate::cursor::{MAX_DEPTH, MAX_ERRORS};

/// A whole text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File<'t> {
    /// All that could be read.
    pub body: Body<'t>,
    /// Every comment, in order.
    pub comments: Vec<Comment<'t>>,
    /// Every mistake, in the order they were found.
    pub errors: Vec<Error>,
}

/// Reads a text. It never fails: see [`File::errors`].
#[must_use]
pub fn parse(text: &str) -> File<'_> {
    let mut cursor = Cursor::new(text);
    if u32::try_from(text.len()).is_err() {
        cursor.report(complaint::too_large());
        return File { errors: cursor.errors, ..File::default() };
    }
    if text.starts_with('\u{feff}') {
        cursor.at = '\u{feff}'.len_utf8();
    }
    let mut body = cursor.within(false, Cursor::body);
    while !cursor.is_at_end() {
        let here = cursor.here();
        cursor.report(complaint::unopened(here));
        cursor.at += 1;
        body.items.append(&mut cursor.body().items);
    }
    body.span = Span::new(0, text.len() as u32);
    let mut errors = cursor.errors;
    errors.sort_by_key(|error| error.span.start);
    File { body, comments: cursor.comments, errors }
}

impl<'t> Cursor<'t> {
    /// Reads items until a `}` that isn't theirs, or the end.
    pub(crate) fn body(&mut self) -> Body<'t> {
        let start = self.at;
        let mut items = Vec::new();
        loop {
            self.skip_lines();
            if self.is_at_end() || self.byte(0) == b'}' {
                return Body { items, span: self.span_from(start) };
            }
            let (mistakes, item) = (self.mistakes, self.at);
            items.extend(self.item());
            if self.mistakes > mistakes {
                self.recover(item);
            } else if !self.is_line_over() && self.byte(0) != b'}' {
                let here = self.here();
                self.report(complaint::same_line(here, self.byte(0)));
                self.recover(item);
            }
        }
    }

    fn item(&mut self) -> Option<Item<'t>> {
        let Some(name) = self.name() else {
            self.no_item();
            return None;
        };
        self.skip();
        if self.byte(0) == b'=' && self.byte(1) != b'=' {
            self.at += 1;
            return Some(Item::Attribute(Attribute { name, value: self.value() }));
        }
        self.block(name)
    }

    fn value(&mut self) -> Expr<'t> {
        if self.is_line_over() {
            let place = Span::new(self.at as u32, self.at as u32);
            self.report(complaint::no_value(place));
            return Expr::poison(place);
        }
        self.expression()
    }

    /// What starts a line and is no name.
    fn no_item(&mut self) {
        let (start, quoted) = (self.at, self.byte(0) == b'"');
        if quoted && self.quoted_label().is_some() {
            let span = self.span_from(start);
            let text = span.of(self.text);
            self.skip();
            self.report(complaint::quoted_name(span, text, self.byte(0) == b'{'));
        } else if !quoted {
            let here = self.here();
            self.report(complaint::no_name(here, self.byte(0)));
        }
    }

    fn block(&mut self, name: Name<'t>) -> Option<Item<'t>> {
        let mut labels = Vec::new();
        loop {
            self.skip();
            let start = self.at;
            match self.byte(0) {
                b'{' => break,
                b'"' => {
                    let text = self.quoted_label()?;
                    labels.push(Label { text, span: self.span_from(start) });
                }
                _ => match self.name() {
                    Some(label) => labels.push(Label { text: label.text.into(), span: label.span }),
                    None => {
                        let here = self.here();
                        self.report(complaint::neither(name, !labels.is_empty(), here, self.rest()));
                        return None;
                    }
                },
            }
        }
        let last = labels.last().map_or(name.span, |label| label.span);
        let head = name.span.join(last);
        let brace = self.here();
        self.at += 1;
        let body = self.deeper(|cursor| cursor.within(false, Self::body))?;
        if self.byte(0) == b'}' {
            self.at += 1;
        } else {
            self.report(complaint::unclosed_block(name.text, brace));
        }
        let span = self.span_from(name.span.start as usize);
        Some(Item::Block(Block { name, labels, body, head, span }))
    }

    /// Goes to where the item after a broken one probably starts: the next line, or, where the broken one has open
    /// brackets, the next line that looks like an item.
    fn recover(&mut self, start: usize) {
        let is_open = balance(&self.text[start..self.at]) > 0;
        if self.byte(0) == b'}' && !is_open {
            return;
        }
        if self.at > start && self.starts_line(self.at) && looks_like_item(self.rest()) {
            return;
        }
        let rest = self.rest().split('\n').next().unwrap_or_default();
        let is_open = balance(&self.text[start..self.at + rest.len()]) > 0;
        loop {
            match self.rest().find('\n') {
                Some(length) => self.at += length + 1,
                None => {
                    self.at = self.text.len();
                    return;
                }
            }
            let line = self.rest().trim_start_matches([' ', '\t']);
            let starts = line.starts_with(['}', '"']) || name_length(line) > 0;
            if looks_like_item(line) || line.starts_with('}') || starts && !is_open {
                return;
            }
        }
    }
}

/// How many brackets a text opens and doesn't close. What stands in quotes on one line doesn't count.
fn balance(text: &str) -> isize {
    let mut open = 0;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' | b'(' => open += 1,
            b']' | b'}' | b')' => open -= 1,
            b'"' => {
                bytes.find(|byte| matches!(byte, b'"' | b'\n'));
            }
            _ => {}
        }
    }
    open
}

/// Whether a line starts like an attribute or a block: a name, and then `=`, or labels and `{`.
pub(crate) fn looks_like_item(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default().trim_start_matches([' ', '\t']);
    let length = name_length(line);
    if length == 0 {
        return false;
    }
    let mut rest = line[length..].trim_start_matches([' ', '\t']);
    if rest.starts_with('=') {
        return !rest.starts_with("==") && !rest.starts_with("=>");
    }
    while let Some(quoted) = rest.strip_prefix('"') {
        let Some(end) = quoted.find('"') else { return false };
        rest = quoted[end + 1..].trim_start_matches([' ', '\t']);
    }
    rest.starts_with('{')
}
