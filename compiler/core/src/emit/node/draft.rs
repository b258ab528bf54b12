//! Writes a body line by line, every line with the same place.

use crate::nomad::form::{Block, Body, Value};
use crate::source::{Span, Spanned};
use std::borrow::Cow;

/// A body that is being written.
pub(super) struct Draft<'b> {
    body: &'b mut Body,
    span: Span,
}

impl<'b> Draft<'b> {
    /// Writes to the end of a body.
    pub(super) const fn new(body: &'b mut Body, span: Span) -> Self {
        Self { body, span }
    }

    /// Adds a text.
    pub(super) fn str(&mut self, name: impl Into<Cow<'static, str>>, text: impl Into<String>) {
        self.body.set(name, Value::str(text, self.span));
    }

    /// Adds a whole number; one that is too large for the form becomes the largest.
    pub(super) fn int(&mut self, name: &'static str, number: u64) {
        self.body.set(name, Value::int(i64::try_from(number).unwrap_or(i64::MAX), self.span));
    }

    /// Adds a whole number below zero, as in a port that is `-1` to be off.
    pub(super) fn off(&mut self, name: &'static str) {
        self.body.set(name, Value::int(-1, self.span));
    }

    /// Adds a truth value.
    pub(super) fn bool(&mut self, name: &'static str, truth: bool) {
        self.body.set(name, Value::bool(truth, self.span));
    }

    /// Adds a list of texts.
    pub(super) fn strings<S: Into<String>>(&mut self, name: &'static str, texts: impl IntoIterator<Item = S>) {
        self.body.set(name, Value::strings(texts, self.span));
    }

    /// Adds a block.
    pub(super) fn block(&mut self, name: &'static str, write: impl FnOnce(&mut Draft<'_>)) {
        self.push(Block::new(name, self.span), write);
    }

    /// Adds a block with a label.
    pub(super) fn labelled(&mut self, name: &'static str, label: &str, write: impl FnOnce(&mut Draft<'_>)) {
        self.push(Block::labelled(name, Spanned::new(label.to_owned(), self.span), self.span), write);
    }

    fn push(&mut self, mut block: Block, write: impl FnOnce(&mut Draft<'_>)) {
        write(&mut Draft { body: &mut block.body, span: self.span });
        self.body.blocks.push(block);
    }
}
