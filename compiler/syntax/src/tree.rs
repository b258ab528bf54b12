//! The tree of a text, in flat arenas: nodes in order of appearance, each before its children.

use std::borrow::Cow;

use crate::span::Span;
use crate::token::Token;

/// The index that stands for none.
pub(crate) const NONE: u32 = u32::MAX;

/// A value.
#[derive(Clone, PartialEq, Debug)]
pub enum Value<'a> {
    /// A string in any spelling; borrowed from the text where that holds it literally.
    String(Cow<'a, str>),
    /// A number without fraction and exponent. One that doesn't fit is a [`Value::Float`]
    /// instead; [`EntryRef::text`] has its digits.
    Integer(i128),
    /// A number with fraction or exponent, rounded to the nearest double, or `#inf`, `#-inf`, `#nan`.
    Float(f64),
    /// `#true` or `#false`.
    Bool(bool),
    /// `#null`.
    Null,
}

impl Value<'_> {
    /// Returns the string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the integer, if it is one.
    pub const fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the number as a float, if it is a number.
    pub const fn as_float(&self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the boolean, if it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

/// A name with its place: of a node, of a property, or in a type annotation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident<'d> {
    /// The name, escapes resolved.
    pub text: &'d str,
    /// Where it is written, with its quotes and without the parentheses of an annotation.
    pub span: Span,
}

/// A parsed text: its tokens, every byte of it, and its tree.
///
/// What is commented out by `/-` is in the tokens only.
#[derive(Clone, Debug, Default)]
pub struct Document<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: Vec<Token>,
    pub(crate) nodes: Vec<NodeData<'a>>,
    pub(crate) entries: Vec<EntryData<'a>>,
    pub(crate) idents: Vec<(Cow<'a, str>, Span)>,
}

#[derive(Clone, Debug)]
pub(crate) struct NodeData<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) name_span: Span,
    /// Index of the type annotation in `idents`.
    pub(crate) ty: u32,
    /// Where the node starts: at its type annotation, if it has one.
    pub(crate) start: u32,
    pub(crate) entries: (u32, u32),
    /// Index after the last descendant.
    pub(crate) subtree_end: u32,
    /// The block with its braces; empty when there is none.
    pub(crate) block: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct EntryData<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) value_span: Span,
    /// Index of the key in `idents`.
    pub(crate) key: u32,
    /// Index of the type annotation in `idents`.
    pub(crate) ty: u32,
    pub(crate) start: u32,
}

impl<'a> Document<'a> {
    /// Returns the nodes at the top.
    pub fn nodes(&self) -> Nodes<'_, 'a> {
        Nodes { document: self, next: 0, end: self.nodes.len() as u32 }
    }

    /// Returns the tokens; their texts joined are the text.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Returns the text.
    pub const fn text(&self) -> &'a str {
        self.text
    }

    fn ident(&self, index: u32) -> Option<Ident<'_>> {
        let (text, span) = self.idents.get(index as usize)?;
        Some(Ident { text, span: *span })
    }
}

/// Nodes of one level, in order.
#[derive(Clone, Debug)]
pub struct Nodes<'d, 'a> {
    document: &'d Document<'a>,
    next: u32,
    end: u32,
}

impl<'d, 'a> Iterator for Nodes<'d, 'a> {
    type Item = NodeRef<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            return None;
        }
        let data = &self.document.nodes[self.next as usize];
        let node = NodeRef { document: self.document, data, index: self.next };
        self.next = data.subtree_end;
        Some(node)
    }
}

/// A node.
#[derive(Clone, Copy, Debug)]
pub struct NodeRef<'d, 'a> {
    document: &'d Document<'a>,
    data: &'d NodeData<'a>,
    index: u32,
}

impl<'d, 'a> NodeRef<'d, 'a> {
    /// Returns the name.
    pub fn name(self) -> &'d str {
        &self.data.name
    }

    /// Returns where the name is written.
    pub const fn name_span(self) -> Span {
        self.data.name_span
    }

    /// Returns the type annotation.
    pub fn ty(self) -> Option<Ident<'d>> {
        self.document.ident(self.data.ty)
    }

    /// Returns arguments and properties, in order.
    pub fn entries(self) -> impl Iterator<Item = EntryRef<'d, 'a>> + Clone {
        let (start, end) = self.data.entries;
        let document = self.document;
        document.entries[start as usize..end as usize].iter().map(move |data| EntryRef { document, data })
    }

    /// Returns the arguments: the entries without a key.
    pub fn args(self) -> impl Iterator<Item = EntryRef<'d, 'a>> + Clone {
        self.entries().filter(|entry| entry.data.key == NONE)
    }

    /// Returns the properties: the entries with a key, also those that a later one overrules.
    pub fn props(self) -> impl Iterator<Item = EntryRef<'d, 'a>> + Clone {
        self.entries().filter(|entry| entry.data.key != NONE)
    }

    /// Returns the nodes of the block; none when there is no block.
    pub const fn children(self) -> Nodes<'d, 'a> {
        Nodes { document: self.document, next: self.index + 1, end: self.data.subtree_end }
    }

    /// Reports whether there is a block, empty or not.
    pub const fn has_block(self) -> bool {
        !self.data.block.is_empty()
    }

    /// Returns the place of the block with its braces.
    pub fn block_span(self) -> Option<Span> {
        self.has_block().then_some(self.data.block)
    }

    /// Returns the place of the node without its block: from its type annotation to its last entry.
    pub fn head_span(self) -> Span {
        let (start, end) = self.data.entries;
        let last = match self.document.entries.get(end.wrapping_sub(1) as usize) {
            Some(entry) if end > start => entry.value_span.end,
            _ => self.data.name_span.end,
        };
        Span::new(self.data.start, last)
    }

    /// Returns the place of the node with its block.
    pub fn span(self) -> Span {
        if self.has_block() { self.head_span().join(self.data.block) } else { self.head_span() }
    }
}

/// An argument or a property.
#[derive(Clone, Copy, Debug)]
pub struct EntryRef<'d, 'a> {
    document: &'d Document<'a>,
    data: &'d EntryData<'a>,
}

impl<'d, 'a> EntryRef<'d, 'a> {
    /// Returns the key, if this is a property.
    pub fn key(self) -> Option<Ident<'d>> {
        self.document.ident(self.data.key)
    }

    /// Returns the type annotation of the value.
    pub fn ty(self) -> Option<Ident<'d>> {
        self.document.ident(self.data.ty)
    }

    /// Returns the value.
    pub const fn value(self) -> &'d Value<'a> {
        &self.data.value
    }

    /// Returns where the value is written, without key and type annotation.
    pub const fn value_span(self) -> Span {
        self.data.value_span
    }

    /// Returns the value as it is written.
    pub fn text(self) -> &'a str {
        self.data.value_span.of(self.document.text)
    }

    /// Returns the place of the whole entry: key, type annotation, value.
    pub const fn span(self) -> Span {
        Span::new(self.data.start, self.data.value_span.end)
    }
}
