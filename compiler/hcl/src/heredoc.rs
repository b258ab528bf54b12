//! Heredocs: `<<EOF` and `<<-EOF`, which takes the common indentation away.

use crate::complaint;
use crate::cursor::{Cursor, name_length};
use crate::template::{Piece, push_text};
use crate::tree::{Expr, ExprKind, Template};
use hlmc_syntax::Span;
use std::borrow::Cow;

impl<'t> Cursor<'t> {
    pub(crate) fn heredoc(&mut self) -> Expr<'t> {
        let start = self.at;
        let flush = self.byte(2) == b'-';
        self.at += if flush { 3 } else { 2 };
        let length = name_length(self.rest());
        let marker = &self.rest()[..length];
        self.at += length;
        let opening = self.span_from(start);
        let end_of_line = if self.rest().starts_with("\r\n") { 2 } else { 1 };
        if marker.is_empty() || !self.rest()[..end_of_line.min(self.rest().len())].ends_with('\n') {
            let here = self.here();
            self.report(complaint::bad_heredoc(opening, here, marker));
            return Expr::poison(opening);
        }
        self.at += end_of_line;
        let Some(mut pieces) = self.lines(marker, opening) else {
            return Expr::poison(opening);
        };
        if flush {
            unindent(&mut pieces);
        }
        let parts = self.assemble(pieces);
        Expr::new(ExprKind::Template(Template { parts, heredoc: true }), self.span_from(start))
    }

    /// The lines of a heredoc, a piece each or several; nothing where it doesn't end, or has something unreadable in it.
    fn lines(&mut self, marker: &str, opening: Span) -> Option<Vec<Piece<'t>>> {
        let mut pieces = Vec::new();
        let (mut trim, mut line_starts) = (false, true);
        while !self.is_at_end() {
            if line_starts {
                let line = self.rest().split('\n').next().unwrap_or_default();
                if line.trim() == marker {
                    self.at += line.trim_end().len();
                    return Some(pieces);
                }
            }
            if matches!(self.byte(0), b'$' | b'%') && self.byte(1) == b'{' {
                match self.sequence(&mut pieces) {
                    Some(trims) => trim = trims,
                    None => {
                        self.skip_lines_to(marker);
                        return None;
                    }
                }
                line_starts = false;
                continue;
            }
            let start = self.at;
            let text = self.line_text();
            line_starts = text.ends_with('\n');
            push_text(&mut pieces, text, self.span_from(start), trim);
            trim = false;
        }
        self.report(complaint::unclosed_heredoc(opening, marker));
        self.stop();
        None
    }

    /// Goes behind the end of a heredoc that can't be read, if it has one.
    fn skip_lines_to(&mut self, marker: &str) {
        let mut at = self.at;
        for line in self.rest().split_inclusive('\n') {
            if line.trim() == marker {
                self.at = at + line.trim_end().len();
                return;
            }
            at += line.len();
        }
    }

    /// Plain text up to the next sequence, or through the end of the line.
    pub(crate) fn line_text(&mut self) -> Cow<'t, str> {
        let start = self.at;
        let (mut text, mut from) = (Cow::Borrowed(""), start);
        while !self.is_at_end() {
            match (self.byte(0), self.byte(1)) {
                (b'\n', _) => {
                    self.at += 1;
                    break;
                }
                (b'$' | b'%', b'{') => break,
                (sigil @ (b'$' | b'%'), next) if next == sigil && self.byte(2) == b'{' => {
                    text.to_mut().push_str(&self.text[from..self.at + 1]);
                    from = self.at + 2;
                    self.at += 3;
                }
                _ => self.at += 1,
            }
        }
        if from == start {
            return Cow::Borrowed(&self.text[start..self.at]);
        }
        text.to_mut().push_str(&self.text[from..self.at]);
        text
    }
}

/// Takes away the white space that all lines start with. Blank lines don't count, and keep theirs.
fn unindent(pieces: &mut [Piece<'_>]) {
    let mut common = usize::MAX;
    let mut line_starts = true;
    let mut first = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let text = match piece {
            Piece::Text(text, _) => Some(text),
            _ => None,
        };
        if line_starts {
            line_starts = false;
            match text {
                Some(text) if text.trim_start().is_empty() && text.ends_with('\n') => {}
                Some(text) => {
                    common = common.min(text.chars().take_while(|c| c.is_whitespace()).count());
                    first.push(at);
                }
                None => common = 0,
            }
        }
        line_starts |= text.is_some_and(|text| text.ends_with('\n'));
    }
    for at in first {
        if let Piece::Text(text, _) = &mut pieces[at] {
            let bytes: usize = text.chars().take(common).map(char::len_utf8).sum();
            *text = Cow::Owned(text[bytes..].to_owned());
        }
    }
}
