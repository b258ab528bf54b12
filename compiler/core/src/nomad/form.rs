//! The core form: blocks and attributes with the place each was written at.
//!
//! A Nomad job, an agent's configuration, a volume or a namespace are all a [`Body`]. Names come from the
//! [schema](super::schema), so they are usually `'static`.

use crate::source::{Span, Spanned};
use std::borrow::Cow;

/// A block: `group "web" { … }`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Nomad's own name of it: `group`.
    pub name: Cow<'static, str>,
    /// Its labels: `"web"`.
    pub labels: Vec<Spanned<String>>,
    /// What stands between its braces.
    pub body: Body,
    /// Where it was written, or what made it necessary.
    pub span: Span,
}

/// Attributes and blocks, each in the order they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The attributes; a name stands at most once.
    pub attributes: Vec<Attribute>,
    /// The blocks; a name may stand several times.
    pub blocks: Vec<Block>,
}

/// An attribute: `count = 2`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Nomad's own name of it.
    pub name: Cow<'static, str>,
    /// Where the name stands.
    pub name_span: Span,
    /// Its value.
    pub value: Value,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of values that HashiCorp's configuration language has once everything is known.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction; finite.
    Float(f64),
    /// The text as the program is to see it: `${…}` in it is the program's own runtime interpolation.
    Str(String),
    /// `[ … ]`
    List(Vec<Value>),
    /// `{ … }` in the order it was written; keys are unique.
    Map(Vec<(Spanned<String>, Value)>),
    /// A text whose KDL type annotation says what it means: `(secret)"vault:secret/db#password"`.
    Tagged(Spanned<Tag>, String),
    /// The text of another artifact of the bundle, by its path in `out/`, known once everything is emitted.
    Artifact(String),
}

/// What a type annotation on a text means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tag {
    /// `(secret)"store:path#key"`: a value that a secret store holds.
    Secret,
    /// `(address)"service:port"`: host and port of another service, `10.0.0.5:23456`, found through discovery.
    Address,
    /// `(host)"service:port"`: only the host.
    Host,
    /// `(port)"service:port"`: only the port.
    Port,
    /// `(url)"http://service:port/path"`: a URL whose host and port are found through discovery.
    Url,
    /// `(file)"app.conf"`: the text of a file beside the manifest, as it is.
    File,
}

impl Tag {
    /// Every annotation there is, by name.
    pub const ALL: [Self; 6] = [Self::Address, Self::File, Self::Host, Self::Port, Self::Secret, Self::Url];

    /// What stands between the parentheses: `secret`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Address => "address",
            Self::Host => "host",
            Self::Port => "port",
            Self::Url => "url",
            Self::File => "file",
        }
    }

    /// The annotation with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| tag.name() == name)
    }
}

impl Body {
    /// The attribute with this name.
    #[must_use]
    #[inline]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The value of the attribute with this name, when it is a text.
    #[must_use]
    #[inline]
    pub fn str(&self, name: &str) -> Option<Spanned<&str>> {
        let value = &self.attribute(name)?.value;
        match &value.kind {
            ValueKind::Str(text) => Some(Spanned::new(text, value.span)),
            _ => None,
        }
    }

    /// The same, taken out: what stands there from then on is empty.
    pub fn take_str(&mut self, name: &str) -> Option<Spanned<String>> {
        let value = &mut self.attributes.iter_mut().find(|attribute| attribute.name == name)?.value;
        match &mut value.kind {
            ValueKind::Str(text) => Some(Spanned::new(std::mem::take(text), value.span)),
            _ => None,
        }
    }

    /// The value of the attribute with this name, when it is a whole number.
    #[must_use]
    #[inline]
    pub fn int(&self, name: &str) -> Option<Spanned<i64>> {
        let value = &self.attribute(name)?.value;
        match value.kind {
            ValueKind::Int(number) => Some(Spanned::new(number, value.span)),
            _ => None,
        }
    }

    /// The value of the attribute with this name, when it is a truth value.
    #[must_use]
    #[inline]
    pub fn bool(&self, name: &str) -> Option<Spanned<bool>> {
        let value = &self.attribute(name)?.value;
        match value.kind {
            ValueKind::Bool(truth) => Some(Spanned::new(truth, value.span)),
            _ => None,
        }
    }

    /// The texts in the attribute with this name, when it is a list; other kinds of values in it are left out.
    pub fn strings(&self, name: &str) -> impl Iterator<Item = Spanned<&str>> {
        let list = match self.attribute(name).map(|attribute| &attribute.value.kind) {
            Some(ValueKind::List(list)) => list.as_slice(),
            _ => &[],
        };
        list.iter().filter_map(|value| match &value.kind {
            ValueKind::Str(text) => Some(Spanned::new(text.as_str(), value.span)),
            _ => None,
        })
    }

    /// The blocks with this name.
    #[inline]
    pub fn blocks<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.name == name)
    }

    /// The first block with this name.
    #[must_use]
    #[inline]
    pub fn block(&self, name: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// Sets an attribute, in place of one with the same name.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        match self.attributes.iter_mut().find(|attribute| attribute.name == name) {
            Some(attribute) => attribute.value = value,
            None => {
                // Most bodies have one to three attributes, and a list makes room for four of these at once.
                if self.attributes.capacity() == 0 {
                    self.attributes.reserve_exact(2);
                }
                self.attributes.push(Attribute { name, name_span: value.span, value });
            }
        }
    }

    /// Adds a block. Most bodies have one, and a list makes room for four of these at once.
    pub fn push(&mut self, block: Block) {
        if self.blocks.capacity() == 0 {
            self.blocks.reserve_exact(1);
        }
        self.blocks.push(block);
    }

    /// Takes the first block with this name out.
    pub fn take_block(&mut self, name: &str) -> Option<Block> {
        let at = self.blocks.iter().position(|block| block.name == name)?;
        Some(self.blocks.remove(at))
    }

    /// The first block with this name, made when it isn't there.
    pub fn block_mut(&mut self, name: &'static str, span: Span) -> &mut Block {
        let at = match self.blocks.iter().position(|block| block.name == name) {
            Some(at) => at,
            None => {
                self.push(Block::new(name, span));
                self.blocks.len() - 1
            }
        };
        &mut self.blocks[at]
    }
}

impl Block {
    /// An empty block without labels.
    pub fn new(name: impl Into<Cow<'static, str>>, span: Span) -> Self {
        Self { name: name.into(), labels: Vec::new(), body: Body::default(), span }
    }

    /// An empty block with room for so many attributes.
    pub fn with_room(name: impl Into<Cow<'static, str>>, attributes: usize, span: Span) -> Self {
        let mut block = Self::new(name, span);
        block.body.attributes.reserve_exact(attributes);
        block
    }

    /// An empty block with one label.
    pub fn labelled(name: impl Into<Cow<'static, str>>, label: Spanned<String>, span: Span) -> Self {
        Self { name: name.into(), labels: vec![label], body: Body::default(), span }
    }

    /// Its first label.
    #[must_use]
    pub fn label(&self) -> Option<&Spanned<String>> {
        self.labels.first()
    }
}

impl ValueKind {
    /// A text, a number or a truth value as a text; nothing for all others.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Str(text) => Some(text.clone()),
            Self::Int(number) => Some(number.to_string()),
            Self::Float(number) => Some(number.to_string()),
            Self::Bool(truth) => Some(truth.to_string()),
            _ => None,
        }
    }
}

impl Value {
    /// The elements of a list; anything else is one by itself.
    #[must_use]
    pub const fn elements(&self) -> &[Self] {
        match &self.kind {
            ValueKind::List(list) => list.as_slice(),
            _ => std::slice::from_ref(self),
        }
    }

    /// A text.
    pub fn str(text: impl Into<String>, span: Span) -> Self {
        Self { kind: ValueKind::Str(text.into()), span }
    }

    /// A whole number.
    #[must_use]
    pub const fn int(number: i64, span: Span) -> Self {
        Self { kind: ValueKind::Int(number), span }
    }

    /// A truth value.
    #[must_use]
    pub const fn bool(truth: bool, span: Span) -> Self {
        Self { kind: ValueKind::Bool(truth), span }
    }

    /// A list of texts.
    pub fn strings<S: Into<String>>(texts: impl IntoIterator<Item = S>, span: Span) -> Self {
        Self { kind: ValueKind::List(texts.into_iter().map(|text| Self::str(text, span)).collect()), span }
    }
}
