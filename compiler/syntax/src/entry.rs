//! What stands in a node: type annotations, names, arguments, properties, the start of its block.

use std::borrow::Cow;

use crate::complaint;
use crate::parser::{Parser, Phase, is_name};
use crate::span::Span;
use crate::token::{Note, Token, TokenKind};
use crate::tree::{EntryData, NONE, Value};
use crate::value::bare_keyword;

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
            Some(token) if token.kind == TokenKind::Slashdash => {
                self.fail(complaint::unexpected(self.text(), token));
                self.recover();
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
        let list = self.here().of(self.text()) == "[";
        let bare = data.entries.0 == data.entries.1 && node.phase == Phase::Entries;
        let error = if bare {
            let rest = &self.text()[self.here().start as usize..];
            complaint::assignment(data.name_span.of(self.text()), rest, span)
        } else {
            complaint::stray_equals(span)
        };
        self.fail(error);
        if let Some(node) = &mut self.node
            && bare
            && !list
        {
            // The value is taken as if the `=` weren't there: what is wrong with it still counts.
            node.faulty = false;
        } else if !list {
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
            // These are reported for what they are.
            let wrong = match token.kind {
                TokenKind::Junk => true,
                TokenKind::Keyword => bare_keyword(&text[1..]).is_none(),
                _ => false,
            };
            if !wrong {
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
        if token.kind == TokenKind::Junk && token.span.of(self.text()) == "[" {
            return self.list();
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
                self.entry_to_key(ty);
            } else {
                self.pos = after;
            }
        } else if ty != NONE {
            let span = Span::new(start, self.here().start);
            self.fail(complaint::annotation_alone(self.text(), span, "a value"));
            self.recover();
        }
    }

    /// Makes the last argument the name of a property whose value follows after the `=`.
    fn entry_to_key(&mut self, ty: u32) {
        let Some(entry) = self.document.entries.pop() else { return };
        let equals = self.here();
        self.pos += 1;
        let text = match entry.value {
            Value::String(text) => text,
            _ => Cow::Borrowed(entry.value_span.of(self.text())),
        };
        let key = self.add_ident(text, entry.value_span);
        let before = self.document.entries.len();
        self.property(entry.start, entry.value_span, key, equals);
        if let Some(property) = self.document.entries.get_mut(before) {
            property.ty = ty;
        }
    }

    /// `[a, b]`: reported, and read as the arguments that are meant.
    fn list(&mut self) {
        let first = self.pos;
        self.skip_brackets();
        let end = self.pos;
        let span = self.document.tokens[first].span;
        let last = self.document.tokens[end - 1].span;
        self.fail(complaint::list(span.join(last)));
        if let Some(node) = &mut self.node {
            node.comma = true;
        }
        for index in first..end {
            let mut token = self.document.tokens[index];
            if token.kind == TokenKind::Junk || !is_name(token.kind) {
                continue;
            }
            if token.kind == TokenKind::Ident && token.span.of(self.text()).ends_with(',') {
                token.span.end -= 1;
            }
            if !token.span.is_empty() {
                self.pos = index + 1;
                let value = self.scalar(token, None);
                let (value_span, start) = (token.span, token.span.start);
                self.add_entry(EntryData { value, value_span, key: NONE, ty: NONE, start });
            }
        }
        self.pos = end;
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
}

/// Reports whether an entry can start with such a token, right or nearly so.
const fn starts_entry(kind: TokenKind) -> bool {
    is_name(kind) || matches!(kind, TokenKind::OpenParen)
}
