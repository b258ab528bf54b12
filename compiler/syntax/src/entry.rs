//! What stands in a node: type annotations, names, arguments, properties, the start of its block.

use std::borrow::Cow;

use crate::parser::{Parser, Phase, is_name};
use crate::span::Span;
use crate::token::{Note, Token, TokenKind};
use crate::tree::{EntryData, NONE, Value};
use crate::{complaint, number, string};

impl<'a> Parser<'a> {
    /// Reads a node's entries up to its end or its block.
    pub(crate) fn in_node(&mut self) -> bool {
        let mut spaced = false;
        loop {
            spaced |= self.skip_node_space();
            let Some(token) = self.token() else {
                return self.leave_node();
            };
            match token.kind {
                TokenKind::CloseBrace => return self.leave_node(),
                TokenKind::Newline | TokenKind::Semicolon | TokenKind::LineComment => {
                    self.pos += 1;
                    return self.leave_node();
                }
                TokenKind::HashComment => {
                    self.skip_line_space();
                    return self.leave_node();
                }
                TokenKind::OpenBrace => {
                    self.open_block(None);
                    return true;
                }
                TokenKind::Slashdash => {
                    if self.slashdash(token.span) {
                        return true;
                    }
                }
                TokenKind::Equals => {
                    self.stray_equals(token.span);
                    spaced = true;
                    continue;
                }
                kind if starts_entry(kind) => {
                    if !self.in_entries(token.span) {
                    } else if let Some(token) = self.separate(token, spaced) {
                        self.entry(token);
                        self.keep_entries();
                    }
                }
                _ => {
                    let error = complaint::unexpected(self.text(), token);
                    self.fail(error);
                    self.pos += usize::from(token.kind == TokenKind::CloseParen);
                    self.recover();
                }
            }
            spaced = false;
        }
    }

    fn leave_node(&mut self) -> bool {
        if let Some(node) = self.node.take() {
            self.end_node(node);
        }
        true
    }

    /// Reports an error in the current node, unless something of it has been skipped already.
    pub(crate) fn fail(&mut self, error: crate::SyntaxError) {
        if let Some(node) = &mut self.node {
            let faulty = std::mem::replace(&mut node.faulty, true);
            if faulty {
                return;
            }
        }
        self.report(error);
    }

    /// Reports whether an entry may stand here; if not, says so and skips it.
    fn in_entries(&mut self, span: Span) -> bool {
        let Some(node) = &self.node else { return false };
        if node.phase == Phase::Entries {
            return true;
        }
        let block = self.document.nodes[node.index].block;
        self.fail(complaint::entry_after_block(span, block));
        self.recover();
        false
    }

    /// What `/-` comments out in a node. Returns true if that is a block.
    fn slashdash(&mut self, span: Span) -> bool {
        let checkpoint = self.checkpoint();
        self.pos += 1;
        self.skip_line_space();
        match self.token() {
            Some(token) if token.kind == TokenKind::OpenBrace => {
                self.open_block(Some(checkpoint));
                return true;
            }
            Some(token) if starts_entry(token.kind) => {
                if self.in_entries(token.span) {
                    self.entry(token);
                    self.rewind(checkpoint);
                }
            }
            _ => {
                self.fail(complaint::nothing_to_comment_out(span));
                self.recover();
            }
        }
        false
    }

    /// A `=` without a name before it.
    fn stray_equals(&mut self, span: Span) {
        self.pos += 1;
        self.skip_node_space();
        let Some(node) = &self.node else { return };
        let data = &self.document.nodes[node.index];
        let bare = data.entries.0 == data.entries.1 && node.phase == Phase::Entries;
        let error = if bare {
            let next = self.here().of(self.text());
            complaint::assignment(data.name_span.of(self.text()), next, span)
        } else {
            complaint::stray_equals(span)
        };
        self.fail(error);
        if let Some(node) = &mut self.node
            && bare
        {
            // The value is taken as if the `=` weren't there: what is wrong with it still counts.
            node.faulty = false;
        } else {
            self.recover();
        }
    }

    /// Sees to it that there is space before an entry; a comma or colon there is taken off.
    fn separate(&mut self, mut token: Token, spaced: bool) -> Option<Token> {
        if spaced {
            return Some(token);
        }
        let text = token.span.of(self.text());
        if token.kind == TokenKind::Ident && text.starts_with([',', ':']) {
            let span = Span::new(token.span.start, token.span.start + 1);
            if text.starts_with(',') {
                self.comma(span);
            } else {
                self.fail(complaint::colon(span));
            }
            token.span.start += 1;
            if token.span.is_empty() {
                self.pos += 1;
                return None;
            }
        } else if token.note == Note::Plain || token.note == Note::Escaped {
            let junk = matches!(token.kind, TokenKind::Junk | TokenKind::Keyword);
            if !junk {
                self.fail(complaint::missing_space(self.text(), token));
                if let Some(node) = &mut self.node {
                    node.faulty = false;
                }
            }
        }
        Some(token)
    }

    /// Reports the first comma of a node.
    pub(crate) fn comma(&mut self, span: Span) {
        if let Some(node) = &mut self.node
            && !std::mem::replace(&mut node.comma, true)
        {
            self.report(complaint::comma(span));
        }
    }

    /// Reads an argument or a property that starts with `token`.
    fn entry(&mut self, token: Token) {
        let start = token.span.start;
        if token.kind == TokenKind::OpenParen {
            return self.annotated(start);
        }
        let (word, text) = self.word(token);
        let after = self.pos;
        self.skip_node_space();
        if self.kind() != Some(TokenKind::Equals) {
            self.pos = after;
            let value = self.scalar(word, text);
            return self.add_entry(EntryData { value, value_span: word.span, key: NONE, ty: NONE, start });
        }
        let equals = self.here();
        self.pos += 1;
        let key = self.string(word, text);
        let key = self.add_ident(key, word.span);
        self.property(start, word.span, key, equals);
    }

    /// A value with a type annotation, as an argument.
    fn annotated(&mut self, start: u32) {
        let ty = self.annotation();
        self.skip_node_space();
        let before = self.here().start;
        if let Some((value, value_span)) = self.value() {
            self.add_entry(EntryData { value, value_span, key: NONE, ty, start });
            let after = self.pos;
            self.skip_node_space();
            if self.kind() == Some(TokenKind::Equals) {
                let span = Span::new(start, before);
                self.fail(complaint::annotated_key(self.text(), span, value_span));
                self.recover();
            } else {
                self.pos = after;
            }
        } else if ty != NONE {
            let span = Span::new(start, self.here().start);
            self.fail(complaint::annotation_alone(self.text(), span, "a value"));
            self.recover();
        }
    }

    /// The value of a property, after its `=`.
    fn property(&mut self, start: u32, key_span: Span, key: u32, equals: Span) {
        self.skip_node_space();
        let annotated = self.here();
        let ty = match self.kind() {
            Some(TokenKind::OpenParen) => self.annotation(),
            _ => NONE,
        };
        self.skip_node_space();
        if let Some((value, value_span)) = self.value() {
            return self.add_entry(EntryData { value, value_span, key, ty, start });
        }
        let error = if ty == NONE {
            complaint::property_without_value(key_span.of(self.text()), equals)
        } else {
            let span = annotated.join(Span::new(annotated.start, self.here().start));
            complaint::annotation_alone(self.text(), span, "a value")
        };
        self.fail(error);
        self.recover();
    }

    fn value(&mut self) -> Option<(Value<'a>, Span)> {
        let token = self.token().filter(|token| is_name(token.kind))?;
        let (word, text) = self.word(token);
        Some((self.scalar(word, text), word.span))
    }

    /// Reads `(type)` and returns its index, or [`NONE`] after reporting what is wrong with it.
    pub(crate) fn annotation(&mut self) -> u32 {
        let open = self.here();
        self.pos += 1;
        self.skip_node_space();
        let mut ty = NONE;
        if let Some(token) = self.token().filter(|token| is_name(token.kind)) {
            let (name, span) = self.name(token);
            ty = self.add_ident(name, span);
            self.skip_node_space();
        }
        let found = self.here();
        if self.kind() == Some(TokenKind::CloseParen) {
            self.pos += 1;
            if ty == NONE {
                self.fail(complaint::empty_annotation(open.join(found)));
            }
            return ty;
        }
        self.fail(complaint::bad_annotation(self.text(), open, found));
        self.recover_to_paren();
        NONE
    }

    /// Reads a name, of a node or a type.
    pub(crate) fn name(&mut self, token: Token) -> (Cow<'a, str>, Span) {
        let (word, text) = self.word(token);
        (self.string(word, text), word.span)
    }

    /// Takes a token, and with it what belongs to the same word although it can't stand unquoted.
    ///
    /// Returns the text if that is so; then it has been reported.
    fn word(&mut self, token: Token) -> (Token, Option<&'a str>) {
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
            self.fail(complaint::list(self.text(), word.span));
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
                    || word.span.of(self.text()) == "r" && self.raw_string_follows())
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
    fn string(&mut self, word: Token, text: Option<&'a str>) -> Cow<'a, str> {
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
    fn scalar(&mut self, word: Token, text: Option<&'a str>) -> Value<'a> {
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

/// Reports whether an entry can start with such a token, right or nearly so.
const fn starts_entry(kind: TokenKind) -> bool {
    is_name(kind) || matches!(kind, TokenKind::OpenParen)
}

/// Returns what a keyword without its `#` stands for.
fn bare_keyword(text: &str) -> Option<Value<'static>> {
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
