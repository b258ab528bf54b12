//! Names and values: what a word means, and words that can't stand as they are written.

use std::borrow::Cow;

use crate::parser::Parser;
use crate::span::Span;
use crate::token::{Note, Token, TokenKind};
use crate::tree::Value;
use crate::{complaint, number, string};

impl<'a> Parser<'a> {
    /// Reads a name, of a node or a type.
    pub(crate) fn name(&mut self, token: Token) -> (Cow<'a, str>, Span) {
        let (word, text) = self.word(token);
        (self.string(word, text), word.span)
    }

    /// Takes a token, and with it what belongs to the same word although it can't stand unquoted.
    ///
    /// Returns the text if that is so; then it has been reported.
    pub(crate) fn word(&mut self, token: Token) -> (Token, Option<&'a str>) {
        self.pos += 1;
        if matches!(token.kind, TokenKind::Ident | TokenKind::Number | TokenKind::Keyword) {
            if !self.continues(token) {
                return (token, None);
            }
        } else if token.kind != TokenKind::Junk {
            return (token, None);
        }
        if token.span.of(self.text()) == "r" && self.raw_string_follows() {
            return self.old_raw_string(token);
        }
        let mut word = token;
        if token.span.of(self.text()) == "[" {
            self.pos -= 1;
            self.skip_brackets();
            let end = self.document.tokens[self.pos - 1].span.end;
            word.span = Span::new(token.span.start, end);
            self.fail(complaint::list(word.span));
        } else {
            while self.continues(word) {
                word.span = word.span.join(self.here());
                self.pos += 1;
            }
            self.fail(complaint::needs_quotes(self.text(), word.span));
            if let Some(node) = &mut self.node {
                node.faulty = false;
            }
        }
        (word, Some(word.span.of(self.text())))
    }

    /// Reports whether the next token belongs to the same word.
    fn continues(&self, word: Token) -> bool {
        self.token().is_some_and(|next| {
            next.span.start == word.span.end
                && (matches!(next.kind, TokenKind::Junk | TokenKind::Keyword | TokenKind::Ident | TokenKind::Number)
                    || self.raw_string_follows() && word.span.of(self.text()) == "r")
        })
    }

    fn raw_string_follows(&self) -> bool {
        matches!(self.kind(), Some(TokenKind::String | TokenKind::RawString))
    }

    /// `r"…"`, as KDL version 1 writes raw strings.
    fn old_raw_string(&mut self, token: Token) -> (Token, Option<&'a str>) {
        let string = self.here();
        let span = token.span.join(string);
        self.pos += 1;
        self.fail(complaint::old_raw_string(self.text(), span));
        if let Some(node) = &mut self.node {
            node.faulty = false;
        }
        let value = string.of(self.text()).trim_matches(['#', '"']);
        (Token { span, ..token }, Some(value))
    }

    /// Returns the value of a word where a string has to be.
    pub(crate) fn string(&mut self, word: Token, text: Option<&'a str>) -> Cow<'a, str> {
        if let Some(text) = text {
            return Cow::Borrowed(text);
        }
        match word.kind {
            TokenKind::String if word.note == Note::Plain => {
                let inner = Span::new(word.span.start + 1, word.span.end - 1);
                Cow::Borrowed(inner.of(self.text()))
            }
            TokenKind::Ident => {
                let text = word.span.of(self.text());
                if bare_keyword(text).is_some() {
                    self.fail(complaint::keyword_as_name(text, word.span));
                }
                self.look(word.span, text);
                Cow::Borrowed(text)
            }
            TokenKind::Number | TokenKind::Keyword | TokenKind::Junk => {
                let text = word.span.of(self.text());
                self.fail(complaint::not_a_name(text, word.span, word.kind));
                Cow::Borrowed(text)
            }
            _ => self.decode(word),
        }
    }

    fn decode(&mut self, token: Token) -> Cow<'a, str> {
        let (value, error) = string::decode(self.text(), token);
        if let Some(error) = error {
            self.report(*error);
        }
        value
    }

    /// Returns the value of a word where any value may be.
    pub(crate) fn scalar(&mut self, word: Token, text: Option<&'a str>) -> Value<'a> {
        match word.kind {
            _ if text.is_some() => Value::String(self.string(word, text)),
            TokenKind::Number => self.number(word.span),
            TokenKind::Keyword => self.keyword(word.span),
            TokenKind::Ident => {
                let text = word.span.of(self.text());
                match bare_keyword(text) {
                    Some(value) => {
                        self.report(complaint::bare_keyword(text, word.span));
                        value
                    }
                    None => Value::String(self.string(word, None)),
                }
            }
            _ => Value::String(self.string(word, None)),
        }
    }

    fn number(&mut self, span: Span) -> Value<'a> {
        let span = self.without_comma(span);
        match number::read(self.text(), span) {
            Ok(value) => value,
            Err(error) => {
                self.report(*error);
                Value::String(Cow::Borrowed(span.of(self.text())))
            }
        }
    }

    fn keyword(&mut self, span: Span) -> Value<'a> {
        let span = self.without_comma(span);
        let text = span.of(self.text());
        bare_keyword(&text[1..]).unwrap_or_else(|| {
            let near = complaint::nearest_keyword(text);
            self.report(complaint::unknown_keyword(text, near, span));
            near.and_then(|near| bare_keyword(&near[1..])).unwrap_or(Value::String(Cow::Borrowed(text)))
        })
    }

    /// Takes a comma off the end of a number or keyword.
    fn without_comma(&mut self, span: Span) -> Span {
        if span.len() < 2 || !span.of(self.text()).ends_with(',') {
            return span;
        }
        self.comma(Span::new(span.end - 1, span.end));
        Span::new(span.start, span.end - 1)
    }

    /// Warns of unquoted text that hardly means what it says.
    fn look(&mut self, span: Span, text: &str) {
        match text.as_bytes() {
            [b'\'', ..] | [0xE2, 0x80, 0x98..=0x9F, ..] => {
                self.warnings.push(complaint::odd_quote(text, span));
            }
            [.., b','] => self.warnings.push(complaint::odd_comma(text, span)),
            [.., b':'] if self.kind() == Some(TokenKind::LineComment) => {
                self.warnings.push(complaint::odd_url(span, self.here()));
            }
            _ => {}
        }
    }
}

/// Returns what a keyword without its `#` stands for.
pub(crate) fn bare_keyword(text: &str) -> Option<Value<'static>> {
    Some(match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        "inf" => Value::Float(f64::INFINITY),
        "-inf" => Value::Float(f64::NEG_INFINITY),
        "nan" => Value::Float(f64::NAN),
        _ => return None,
    })
}
