//! A place in the text that only moves forward, past white space and comments.

use crate::complaint;
use crate::error::Error;
use crate::tree::Name;
use hlmc_syntax::Span;

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'t> {
    /// What it says, without `#`, `//`, `/*` and `*/`.
    pub text: &'t str,
    /// Where it stands, with them.
    pub span: Span,
    /// Whether something else stands before it on its line.
    pub trailing: bool,
}

/// More mistakes than this in one text aren't told.
pub const MAX_ERRORS: usize = 100;

/// Deeper nesting than this isn't read.
pub const MAX_DEPTH: usize = 100;

pub(crate) struct Cursor<'t> {
    pub(crate) text: &'t str,
    /// The next byte.
    pub(crate) at: usize,
    pub(crate) errors: Vec<Error>,
    pub(crate) comments: Vec<Comment<'t>>,
    /// How many mistakes were found that leave what follows in doubt, also of those that aren't told.
    pub(crate) mistakes: usize,
    /// Whether a new line is only white space here.
    multiline: bool,
    depth: usize,
    /// Whether it was too deep, so that the rest isn't read.
    stopped: bool,
}

impl<'t> Cursor<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            errors: Vec::new(),
            comments: Vec::new(),
            mistakes: 0,
            multiline: false,
            depth: 0,
            stopped: false,
        }
    }

    pub(crate) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// The byte at a distance from the next one; 0 behind the end.
    pub(crate) fn byte(&self, distance: usize) -> u8 {
        self.text.as_bytes().get(self.at + distance).copied().unwrap_or(0)
    }

    pub(crate) const fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// Reads no further, and reports nothing more.
    pub(crate) fn stop(&mut self) {
        self.stopped = true;
        self.at = self.text.len();
    }

    /// Whether the rest isn't read.
    pub(crate) const fn is_stopped(&self) -> bool {
        self.stopped
    }

    pub(crate) const fn span_from(&self, start: usize) -> Span {
        Span::new(start as u32, self.at as u32)
    }

    /// The next character as a place; nothing at the end.
    pub(crate) fn here(&self) -> Span {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        Span::new(self.at as u32, (self.at + length) as u32)
    }

    /// Reports a mistake after which what follows can't be read as it stands.
    pub(crate) fn report(&mut self, error: Error) {
        self.mistakes += 1;
        self.note(error);
    }

    /// Reports a mistake that leaves no doubt about what follows.
    pub(crate) fn note(&mut self, error: Error) {
        if !self.stopped
            && self.errors.len() < MAX_ERRORS
            && self.errors.last().is_none_or(|last| last.span != error.span)
        {
            self.errors.push(error);
        }
    }

    /// Skips white space and comments, and new lines where they mean nothing.
    pub(crate) fn skip(&mut self) {
        loop {
            match self.byte(0) {
                b' ' | b'\t' => self.at += 1,
                b'\n' if self.multiline => self.at += 1,
                b'\r' if self.byte(1) == b'\n' && self.multiline => self.at += 2,
                b'#' => self.line_comment(1),
                b'/' if self.byte(1) == b'/' => self.line_comment(2),
                b'/' if self.byte(1) == b'*' => self.block_comment(),
                _ => return,
            }
        }
    }

    /// Skips all that [`skip`](Self::skip) does, and new lines.
    pub(crate) fn skip_lines(&mut self) {
        self.within(true, Self::skip);
    }

    fn line_comment(&mut self, mark: usize) {
        let start = self.at;
        let line = self.rest().find('\n').map_or(self.text.len(), |end| start + end);
        self.at = line;
        if self.text[start..line].ends_with('\r') && line < self.text.len() {
            self.at -= 1;
        }
        let text = &self.text[start + mark..self.at];
        self.comment(text, start);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        match self.text[start + 2..].find("*/") {
            Some(length) => {
                self.at = start + 2 + length + 2;
                self.comment(&self.text[start + 2..start + 2 + length], start);
            }
            None => {
                self.at = self.text.len();
                self.report(complaint::unclosed_comment(start));
                self.stop();
            }
        }
    }

    fn comment(&mut self, text: &'t str, start: usize) {
        let trailing = !self.starts_line(start);
        let span = self.span_from(start);
        self.comments.push(Comment { text, span, trailing });
    }

    /// Whether nothing stands before a place on its line.
    pub(crate) fn starts_line(&self, at: usize) -> bool {
        let before = self.text[..at].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    }

    /// Whether new lines are white space, for as long as something is read.
    pub(crate) fn within<R>(&mut self, multiline: bool, read: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.multiline, multiline);
        let read = read(self);
        self.multiline = before;
        read
    }

    /// Reads something one level deeper; nothing where that is too deep.
    pub(crate) fn deeper<R>(&mut self, read: impl FnOnce(&mut Self) -> R) -> Option<R> {
        if self.depth >= MAX_DEPTH {
            let here = self.here();
            self.report(complaint::too_deep(here, MAX_DEPTH));
            // The rest would be read as if it stood outside: better say nothing of it.
            self.stop();
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        Some(read)
    }

    /// Skips white space, then goes past a mark if it comes next.
    pub(crate) fn eat(&mut self, mark: &str) -> bool {
        self.skip();
        let found = self.rest().starts_with(mark);
        if found {
            self.at += mark.len();
        }
        found
    }

    /// A name, if one comes next.
    pub(crate) fn name(&mut self) -> Option<Name<'t>> {
        let length = name_length(self.rest());
        if length == 0 {
            return None;
        }
        let start = self.at;
        self.at += length;
        Some(Name { text: &self.text[start..self.at], span: self.span_from(start) })
    }

    /// A certain word, if it comes next as a whole name.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        self.skip();
        let found = &self.rest()[..name_length(self.rest())] == word;
        if found {
            self.at += word.len();
        }
        found
    }

    /// Whether the line is over, but for white space and comments.
    pub(crate) fn is_line_over(&mut self) -> bool {
        self.skip();
        self.is_at_end() || self.byte(0) == b'\n' || self.rest().starts_with("\r\n")
    }
}

/// How many bytes of a text are a name: letters, digits, `_` and `-`, no digit or `-` first.
pub(crate) fn name_length(text: &str) -> usize {
    let mut chars = text.char_indices();
    match chars.next() {
        Some((_, first)) if first == '_' || unicode_ident::is_xid_start(first) => {}
        _ => return 0,
    }
    let end = chars.find(|(_, c)| *c != '-' && !unicode_ident::is_xid_continue(*c));
    end.map_or(text.len(), |(at, _)| at)
}
