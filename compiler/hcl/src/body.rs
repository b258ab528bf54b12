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
    if let Some(error) = other_format(&mut cursor) {
        return File { errors: vec![error], ..File::default() };
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
        // Braces that broken items have opened: what closes them closes nothing else.
        let mut orphans = 0_usize;
        loop {
            self.skip_lines();
            if self.byte(0) == b'}' && orphans > 0 {
                orphans -= 1;
                self.at += 1;
                continue;
            }
            if self.is_at_end() || self.byte(0) == b'}' {
                return Body { items, span: self.span_from(start) };
            }
            let (mistakes, item) = (self.mistakes, self.at);
            items.extend(self.item());
            if self.mistakes > mistakes {
                self.recover(item);
                orphans += usize::try_from(balance(&self.text[item..self.at], b"{", b"}")).unwrap_or_default();
            } else if !self.is_line_over() && self.byte(0) != b'}' {
                self.same_line(item);
            }
        }
    }

    /// Reports what stands behind an item on its line, and goes to where the next one starts.
    fn same_line(&mut self, item: usize) {
        let (here, byte) = (self.here(), self.byte(0));
        let separated = matches!(byte, b',' | b';');
        self.at += usize::from(separated);
        let others = !self.is_line_over() && looks_like_item(self.rest());
        self.report(complaint::same_line(here, byte, others));
        if !others && !(separated && (self.is_line_over() || self.byte(0) == b'}')) {
            self.recover(item);
        }
    }

    fn item(&mut self) -> Option<Item<'t>> {
        let name = match (self.byte(0), self.name()) {
            (b'"', _) => self.quoted_name()?,
            (_, Some(name)) => name,
            (byte, None) => {
                let here = self.here();
                self.report(complaint::no_name(here, byte));
                return None;
            }
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

    /// A name in quotes, as HCL 1 had them, where an attribute or a block follows.
    fn quoted_name(&mut self) -> Option<Name<'t>> {
        let start = self.at;
        self.quoted_label()?;
        let span = self.span_from(start);
        self.skip();
        let name = &self.text[start + 1..span.end as usize - 1];
        let error = complaint::quoted_name(span, name, self.byte(0) == b'=' && name_length(name) < name.len());
        if !matches!(self.byte(0), b'=' | b'{' | b'"') {
            self.report(error);
            return None;
        }
        self.note(error);
        Some(Name { text: name, span })
    }

    fn block(&mut self, name: Name<'t>) -> Option<Item<'t>> {
        let mut labels = Vec::new();
        loop {
            self.skip();
            let start = self.at;
            match self.byte(0) {
                b'{' => break,
                b'=' if !labels.is_empty() && self.rest()[1..].trim_start_matches([' ', '\t']).starts_with('{') => {
                    let here = self.here();
                    self.note(complaint::assigned_block(name, here));
                    self.at += 1;
                }
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
        let known = self.errors.len();
        let body = self.deeper(|cursor| cursor.within(false, Self::body))?;
        if self.byte(0) == b'}' {
            if self.errors.len() == known && !self.fits_its_line(&body, brace) {
                self.note(complaint::one_line_block(head, name.text));
            }
            self.at += 1;
        } else {
            self.report(complaint::unclosed_block(name.text, brace));
        }
        let span = self.span_from(name.span.start as usize);
        Some(Item::Block(Block { name, labels, body, head, span }))
    }

    /// Whether a block that starts on the line of its brace has one attribute there and ends with it.
    fn fits_its_line(&self, body: &Body<'t>, brace: Span) -> bool {
        let is_one_line = |from: u32, to: usize| !self.text[from as usize..to].contains('\n');
        match body.items.as_slice() {
            [] => true,
            [Item::Attribute(only)] => {
                !is_one_line(brace.end, only.name.span.start as usize) || is_one_line(only.value.span.end, self.at)
            }
            [Item::Attribute(Attribute { name, .. }) | Item::Block(Block { name, .. }), ..] => {
                !is_one_line(brace.end, name.span.start as usize)
            }
        }
    }

    /// Goes to where the item after a broken one probably starts: the next line, or, where the broken one has open
    /// brackets, the next line that looks like an item.
    fn recover(&mut self, start: usize) {
        let is_open = balance(&self.text[start..self.at], b"[{(", b"]})") > 0;
        if self.byte(0) == b'}' && !is_open {
            return;
        }
        if self.at > start && self.starts_line(self.at) && looks_like_item(self.rest()) {
            return;
        }
        let rest = self.rest().split('\n').next().unwrap_or_default();
        let is_open = balance(&self.text[start..self.at + rest.len()], b"[{(", b"]})") > 0;
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

/// What is wrong with a text that is no HCL at all.
fn other_format(cursor: &mut Cursor<'_>) -> Option<Error> {
    if !cursor.text.contains('\n')
        && let Some(at) = cursor.text.trim_end_matches('\r').find('\r')
    {
        return Some(complaint::carriage_returns(at));
    }
    cursor.skip_lines();
    (cursor.byte(0) == b'{').then(|| complaint::json(cursor.here()))
}

/// How many brackets a text opens and doesn't close. What stands in quotes on one line doesn't count.
fn balance(text: &str, opening: &[u8], closing: &[u8]) -> isize {
    let mut open = 0;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            byte if opening.contains(&byte) => open += 1,
            byte if closing.contains(&byte) => open -= 1,
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
    let line = text.trim_start_matches([' ', '\t']);
    let length = name_length(line);
    if length == 0 {
        return false;
    }
    let mut rest = line[length..].trim_start_matches([' ', '\t']);
    if rest.starts_with('=') {
        return !rest.starts_with("==") && !rest.starts_with("=>");
    }
    while let Some(quoted) = rest.strip_prefix('"') {
        let Some(end) = quoted.find(['"', '\n']).filter(|end| quoted.as_bytes()[*end] == b'"') else { return false };
        rest = quoted[end + 1..].trim_start_matches([' ', '\t']);
    }
    rest.starts_with('{')
}
