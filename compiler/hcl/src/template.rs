//! Texts in quotes, files that are one template, and what all templates have in common: `${…}` and `%{…}`.

use crate::body::looks_like_item;
use crate::complaint;
use crate::cursor::{Cursor, MAX_DEPTH};
use crate::error::Error;
use crate::tree::{Expr, ExprKind, ForPart, Name, Part, Template};
use hlmc_syntax::Span;
use std::borrow::Cow;
use std::iter::Peekable;
use std::vec::IntoIter;

/// The end of a text of several lines is looked for on so many.
const LINES: usize = 100;

/// A piece of a template, before `if` and `for` are put together.
pub(crate) enum Piece<'t> {
    Text(Cow<'t, str>, Span),
    Value(Expr<'t>),
    If(Expr<'t>, Span),
    Else(Span),
    EndIf(Span),
    For(Option<Name<'t>>, Name<'t>, Expr<'t>, Span),
    EndFor(Span),
}

/// A whole text as a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateFile<'t> {
    /// All that could be read.
    pub template: Template<'t>,
    /// Every mistake, by place.
    pub errors: Vec<Error>,
}

/// Reads a text that is one template. It never fails: see [`TemplateFile::errors`].
#[must_use]
pub fn template(text: &str) -> TemplateFile<'_> {
    let mut cursor = Cursor::new(text);
    if u32::try_from(text.len()).is_err() {
        cursor.report(complaint::too_large());
        return TemplateFile { errors: cursor.errors, ..TemplateFile::default() };
    }
    let (mut pieces, mut trim) = (Vec::new(), false);
    while !cursor.is_at_end() {
        if matches!(cursor.byte(0), b'$' | b'%') && cursor.byte(1) == b'{' {
            trim = cursor.sequence(&mut pieces).unwrap_or_default();
            continue;
        }
        let start = cursor.at;
        let text = cursor.line_text();
        push_text(&mut pieces, text, cursor.span_from(start), trim);
        trim = false;
    }
    let parts = cursor.assemble(pieces);
    let mut errors = cursor.errors;
    errors.sort_by_key(|error| error.span.start);
    TemplateFile { template: Template { parts, heredoc: false }, errors }
}

impl<'t> Cursor<'t> {
    /// A text in quotes.
    pub(crate) fn quoted(&mut self) -> Expr<'t> {
        let start = self.at;
        self.at += 1;
        let mut pieces = Vec::new();
        let mut trim = false;
        loop {
            match (self.byte(0), self.byte(1)) {
                (b'"', _) => {
                    self.at += 1;
                    break;
                }
                (b'$' | b'%', b'{') => match self.sequence(&mut pieces) {
                    Some(trims) => trim = trims,
                    None => {
                        self.skip_text();
                        return Expr::poison(self.span_from(start));
                    }
                },
                _ if self.is_at_end() || self.byte(0) == b'\n' => {
                    if let Some(end) = self.closing_quote_below() {
                        self.at = end;
                        self.note(complaint::text_of_lines(self.span_from(start)));
                        return Expr::poison(self.span_from(start));
                    }
                    self.report(complaint::unclosed_text(start, self.at));
                    return Expr::poison(self.span_from(start));
                }
                _ => {
                    let from = self.at;
                    let text = self.literal();
                    push_text(&mut pieces, text, self.span_from(from), trim);
                    trim = false;
                }
            }
        }
        let parts = self.assemble(pieces);
        Expr::new(ExprKind::Template(Template { parts, heredoc: false }), self.span_from(start))
    }

    /// Behind the quote that closes a text on one of the next lines, as HCL 1 had it, where that is what is meant.
    fn closing_quote_below(&self) -> Option<usize> {
        let mut at = self.at + 1;
        for line in self.text.get(at..)?.split_inclusive('\n').take(LINES) {
            if looks_like_item(line) || line.trim_start().starts_with('}') {
                return None;
            }
            if let Some(quote) = line.find('"') {
                let behind = line[quote + 1..].trim_start();
                let ends = behind.is_empty() || behind.starts_with([',', ']', '}', ')', '#']);
                return ends.then_some(at + quote + 1);
            }
            at += line.len();
        }
        None
    }

    /// Goes past the end of a text that can't be read.
    fn skip_text(&mut self) {
        let line = self.rest().split('\n').next().unwrap_or_default();
        self.at += line.find('"').map_or(line.len(), |end| end + 1);
    }

    /// A label in quotes, in which no expression may stand.
    pub(crate) fn quoted_label(&mut self) -> Option<Cow<'t, str>> {
        let mut expr = self.quoted();
        let parts = match &mut expr.kind {
            ExprKind::Template(template) => std::mem::take(&mut template.parts),
            _ => return None,
        };
        let mut parts = parts.into_iter();
        match (parts.next(), parts.next()) {
            (None, _) => Some(Cow::Borrowed("")),
            (Some(Part::Text(text, _)), None) => Some(text),
            _ => {
                self.report(complaint::template_in_label(expr.span));
                None
            }
        }
    }

    /// Plain text up to the next quote, sequence or end of line.
    fn literal(&mut self) -> Cow<'t, str> {
        let start = self.at;
        let mut text = Cow::Borrowed("");
        let mut from = start;
        while !self.is_at_end() {
            match (self.byte(0), self.byte(1)) {
                (b'"' | b'\n', _) | (b'\r', b'\n') => break,
                (b'$' | b'%', b'{') => break,
                (sigil @ (b'$' | b'%'), next) if next == sigil && self.byte(2) == b'{' => {
                    text.to_mut().push_str(&self.text[from..self.at + 1]);
                    from = self.at + 2;
                    self.at += 3;
                }
                (b'\\', _) => {
                    text.to_mut().push_str(&self.text[from..self.at]);
                    self.escape(text.to_mut());
                    from = self.at;
                }
                _ => self.at += 1,
            }
        }
        if self.rest().starts_with("\r\n") {
            self.at += 1; // the text doesn't end on its line: that is said at the line's end
        }
        let last = &self.text[from..self.at];
        if matches!(text, Cow::Borrowed(_)) && from == start {
            return Cow::Borrowed(last);
        }
        text.to_mut().push_str(last);
        text
    }

    fn escape(&mut self, text: &mut String) {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.rest().chars().next().filter(|c| !matches!(c, '\n' | '\r')) else {
            self.report(complaint::bad_escape(self.span_from(start), self.span_from(start).of(self.text)));
            return;
        };
        self.at += c.len_utf8();
        let digits = match c {
            'n' => return text.push('\n'),
            'r' => return text.push('\r'),
            't' => return text.push('\t'),
            '"' | '\\' => return text.push(c),
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let hex = self.rest().bytes().take(digits).take_while(u8::is_ascii_hexdigit).count();
        let code = u32::from_str_radix(&self.rest()[..hex], 16).ok().filter(|_| hex == digits);
        self.at += hex;
        match code.and_then(char::from_u32) {
            Some(c) if digits > 0 => text.push(c),
            _ => {
                let span = self.span_from(start);
                self.report(complaint::bad_escape(span, span.of(self.text)));
            }
        }
    }

    /// `${…}` or `%{…}`. Returns whether it trims what follows; nothing where it can't be read.
    pub(crate) fn sequence(&mut self, pieces: &mut Vec<Piece<'t>>) -> Option<bool> {
        let start = self.at;
        let directive = self.byte(0) == b'%';
        self.at += 2;
        if self.byte(0) == b'~' {
            self.at += 1;
            if let Some(Piece::Text(text, _)) = pieces.last_mut() {
                *text = Cow::Owned(text.trim_end().to_owned());
            }
        }
        let known = self.errors.len();
        let piece = self
            .within(true, |cursor| if directive { cursor.directive(start) } else { cursor.whole().map(Piece::Value) });
        let piece = piece.filter(|_| self.errors.len() == known);
        let closed = piece.is_some().then(|| {
            self.within(true, |cursor| {
                let trims = cursor.eat("~}");
                (trims, trims || cursor.eat("}"))
            })
        });
        match (piece, closed) {
            (Some(piece), Some((trims, true))) => {
                pieces.push(piece);
                Some(trims)
            }
            _ if self.is_stopped() => None,
            _ => {
                // Text that isn't meant as an expression is wrong in more than one place: that is said once.
                let inner = self.errors.drain(known..).next();
                let here = self.here();
                self.report(complaint::bad_sequence(start, here, directive, inner));
                None
            }
        }
    }

    fn directive(&mut self, start: usize) -> Option<Piece<'t>> {
        self.skip();
        let here = self.here();
        let Some(word) = self.name() else {
            self.report(complaint::bad_directive(here, ""));
            return None;
        };
        let span = Span::new(start as u32, word.span.end);
        Some(match word.text {
            "if" => Piece::If(self.whole()?, span),
            "else" => Piece::Else(span),
            "endif" => Piece::EndIf(span),
            "for" => {
                let (index, element) = self.for_names()?;
                Piece::For(index, element, self.whole()?, span)
            }
            "endfor" => Piece::EndFor(span),
            other => {
                self.report(complaint::bad_directive(word.span, other));
                return None;
            }
        })
    }

    /// Puts `if`, `else`, `for` and their ends together.
    pub(crate) fn assemble(&mut self, pieces: Vec<Piece<'t>>) -> Vec<Part<'t>> {
        let mut pieces = pieces.into_iter().peekable();
        let parts = self.parts(&mut pieces, 0);
        if let Some(Piece::Else(span) | Piece::EndIf(span) | Piece::EndFor(span)) = pieces.next() {
            self.report(complaint::stray_directive(span, span.of(self.text)));
        }
        parts
    }

    fn parts(&mut self, pieces: &mut Peekable<IntoIter<Piece<'t>>>, depth: usize) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        loop {
            match pieces.peek() {
                None | Some(Piece::Else(_) | Piece::EndIf(_) | Piece::EndFor(_)) => return parts,
                Some(Piece::If(_, span) | Piece::For(_, _, _, span)) if depth >= MAX_DEPTH => {
                    self.report(complaint::too_deep(*span, MAX_DEPTH));
                    return parts;
                }
                _ => {}
            }
            match pieces.next() {
                Some(Piece::Text(text, span)) => push_part(&mut parts, text, span),
                Some(Piece::Value(expr)) => parts.push(Part::Value(expr)),
                Some(Piece::If(condition, span)) => {
                    let yes = self.parts(pieces, depth + 1);
                    let no = if pieces.next_if(|piece| matches!(piece, Piece::Else(_))).is_some() {
                        self.parts(pieces, depth + 1)
                    } else {
                        Vec::new()
                    };
                    if pieces.next_if(|piece| matches!(piece, Piece::EndIf(_))).is_none() {
                        self.report(complaint::no_end(span, "if", "endif"));
                    }
                    parts.push(Part::If(Box::new(condition), yes, no));
                }
                Some(Piece::For(index, element, collection, span)) => {
                    let body = self.parts(pieces, depth + 1);
                    if pieces.next_if(|piece| matches!(piece, Piece::EndFor(_))).is_none() {
                        self.report(complaint::no_end(span, "for", "endfor"));
                    }
                    parts.push(Part::For(Box::new(ForPart { index, element, collection, body })));
                }
                _ => return parts,
            }
        }
    }
}

/// Adds a text; `trim` leaves out the white space it starts with.
pub(crate) fn push_text<'t>(pieces: &mut Vec<Piece<'t>>, text: Cow<'t, str>, span: Span, trim: bool) {
    let text = if trim { Cow::Owned(text.trim_start().to_owned()) } else { text };
    pieces.push(Piece::Text(text, span));
}

/// Adds a text to the one before it, if there is one.
fn push_part<'t>(parts: &mut Vec<Part<'t>>, text: Cow<'t, str>, span: Span) {
    if let Some(Part::Text(before, place)) = parts.last_mut() {
        before.to_mut().push_str(&text);
        *place = place.join(span);
    } else if !text.is_empty() {
        parts.push(Part::Text(text, span));
    }
}
