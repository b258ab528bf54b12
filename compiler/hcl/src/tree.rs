//! The tree: attributes, blocks and expressions, each with its place.

use hlmc_syntax::Span;
use std::borrow::Cow;

/// What stands between the braces of a block, or in a whole file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body<'t> {
    /// Attributes and blocks in the order they were written.
    pub items: Vec<Item<'t>>,
    /// From the first byte to the last, without braces.
    pub span: Span,
}

/// An attribute or a block.
#[derive(Clone, Debug, PartialEq)]
pub enum Item<'t> {
    /// `count = 2`
    Attribute(Attribute<'t>),
    /// `group "web" { … }`
    Block(Block<'t>),
}

/// A name as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'t> {
    /// The name.
    pub text: &'t str,
    /// Where it stands.
    pub span: Span,
}

/// An attribute: `count = 2`.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute<'t> {
    /// Its name.
    pub name: Name<'t>,
    /// Its value.
    pub value: Expr<'t>,
}

/// A block: `group "web" { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block<'t> {
    /// Its name.
    pub name: Name<'t>,
    /// Its labels.
    pub labels: Vec<Label<'t>>,
    /// What stands between its braces.
    pub body: Body<'t>,
    /// Its name and labels.
    pub head: Span,
    /// All of it, with the braces.
    pub span: Span,
}

/// A label of a block, with or without quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct Label<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    /// Where it stands, with its quotes.
    pub span: Span,
}

/// An expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr<'t> {
    /// What it is.
    pub kind: ExprKind<'t>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind<'t> {
    /// What couldn't be read; the error is reported.
    Poison,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it was written.
    Number(&'t str),
    /// A text in quotes or a heredoc.
    Template(Template<'t>),
    /// `[a, b]`
    Tuple(Vec<Expr<'t>>),
    /// `{ a = b }`
    Object(Vec<Entry<'t>>),
    /// The first name of a reference: `var`, `attr`.
    Variable(&'t str),
    /// `of.name`
    Attr(Box<Expr<'t>>, Name<'t>),
    /// `of[key]`, and `of.0`.
    Index(Box<Expr<'t>>, Box<Expr<'t>>),
    /// `of[*].name` and `of.*.name`: the steps are taken for each element.
    Splat(Box<Expr<'t>>, Vec<Step<'t>>),
    /// `name(arguments)`; with `spread`, the last one is written `list...`.
    Call {
        /// The function.
        name: Name<'t>,
        /// What it is called with.
        arguments: Vec<Expr<'t>>,
        /// Whether the elements of the last argument are the last arguments.
        spread: bool,
    },
    /// `condition ? yes : no`
    Conditional(Box<[Expr<'t>; 3]>),
    /// `a + b`
    Binary(Operator, Box<[Expr<'t>; 2]>),
    /// `-a`
    Negate(Box<Expr<'t>>),
    /// `!a`
    Not(Box<Expr<'t>>),
    /// `(a)`
    Parens(Box<Expr<'t>>),
    /// `[for v in list : v]`, `{for k, v in map : k => v}`
    For(Box<For<'t>>),
}

/// A step of a splat.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<'t> {
    /// `.name`
    Attr(Name<'t>),
    /// `[key]`
    Index(Expr<'t>),
}

/// An entry of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'t> {
    /// Its key.
    pub key: Key<'t>,
    /// Its value.
    pub value: Expr<'t>,
}

/// The key of an entry.
#[derive(Clone, Debug, PartialEq)]
pub enum Key<'t> {
    /// A bare word, which stands for itself.
    Name(Name<'t>),
    /// Anything else.
    Expr(Expr<'t>),
}

/// A `for` expression.
#[derive(Clone, Debug, PartialEq)]
pub struct For<'t> {
    /// The name of the key or index, where two are given.
    pub index: Option<Name<'t>>,
    /// The name of the element.
    pub element: Name<'t>,
    /// What is gone through.
    pub collection: Expr<'t>,
    /// The key, in an object.
    pub key: Option<Expr<'t>>,
    /// The value.
    pub value: Expr<'t>,
    /// Whether values of one key become a list: `…` behind the value.
    pub group: bool,
    /// What is left out where it is false.
    pub condition: Option<Expr<'t>>,
}

/// A text that may have expressions in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template<'t> {
    /// Its parts, as they follow each other.
    pub parts: Vec<Part<'t>>,
    /// Whether it was written as a heredoc.
    pub heredoc: bool,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part<'t> {
    /// Plain text, with escapes resolved.
    Text(Cow<'t, str>, Span),
    /// `${…}`
    Value(Expr<'t>),
    /// `%{ if … }…%{ else }…%{ endif }`
    If(Box<Expr<'t>>, Vec<Part<'t>>, Vec<Part<'t>>),
    /// `%{ for v in list }…%{ endfor }`
    For(Box<ForPart<'t>>),
}

/// A `for` in a template.
#[derive(Clone, Debug, PartialEq)]
pub struct ForPart<'t> {
    /// The name of the key or index, where two are given.
    pub index: Option<Name<'t>>,
    /// The name of the element.
    pub element: Name<'t>,
    /// What is gone through.
    pub collection: Expr<'t>,
    /// What is repeated.
    pub body: Vec<Part<'t>>,
}

/// The operators that stand between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl<'t> Body<'t> {
    /// The attributes, in order.
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute<'t>> {
        self.items.iter().filter_map(|item| match item {
            Item::Attribute(attribute) => Some(attribute),
            Item::Block(_) => None,
        })
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block<'t>> {
        self.items.iter().filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Attribute(_) => None,
        })
    }
}

impl<'t> Expr<'t> {
    pub(crate) const fn new(kind: ExprKind<'t>, span: Span) -> Self {
        Self { kind, span }
    }

    pub(crate) const fn poison(span: Span) -> Self {
        Self { kind: ExprKind::Poison, span }
    }

    /// The text of a template that is nothing but text.
    #[must_use]
    pub fn as_text(&self) -> Option<Cow<'_, str>> {
        let ExprKind::Template(template) = &self.kind else { return None };
        match template.parts.as_slice() {
            [] => Some(Cow::Borrowed("")),
            [Part::Text(text, _)] => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }
}

impl<'t> Expr<'t> {
    /// Calls `see` for this expression and every one in it, outer ones first.
    pub fn visit<'e>(&'e self, see: &mut dyn FnMut(&'e Self)) {
        see(self);
        match &self.kind {
            ExprKind::Poison | ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Variable(_) => {}
            ExprKind::Template(template) => visit_parts(&template.parts, see),
            ExprKind::Tuple(list) | ExprKind::Call { arguments: list, .. } => {
                list.iter().for_each(|expr| expr.visit(see));
            }
            ExprKind::Object(entries) => {
                for entry in entries {
                    if let Key::Expr(key) = &entry.key {
                        key.visit(see);
                    }
                    entry.value.visit(see);
                }
            }
            ExprKind::Attr(of, _) | ExprKind::Negate(of) | ExprKind::Not(of) | ExprKind::Parens(of) => of.visit(see),
            ExprKind::Index(of, key) => {
                of.visit(see);
                key.visit(see);
            }
            ExprKind::Splat(of, steps) => {
                of.visit(see);
                for step in steps {
                    if let Step::Index(key) = step {
                        key.visit(see);
                    }
                }
            }
            ExprKind::Conditional(parts) => parts.iter().for_each(|expr| expr.visit(see)),
            ExprKind::Binary(_, sides) => sides.iter().for_each(|expr| expr.visit(see)),
            ExprKind::For(each) => {
                each.collection.visit(see);
                each.key.iter().for_each(|expr| expr.visit(see));
                each.value.visit(see);
                each.condition.iter().for_each(|expr| expr.visit(see));
            }
        }
    }
}

fn visit_parts<'e, 't>(parts: &'e [Part<'t>], see: &mut dyn FnMut(&'e Expr<'t>)) {
    for part in parts {
        match part {
            Part::Text(..) => {}
            Part::Value(expr) => expr.visit(see),
            Part::If(condition, yes, no) => {
                condition.visit(see);
                visit_parts(yes, see);
                visit_parts(no, see);
            }
            Part::For(each) => {
                each.collection.visit(see);
                visit_parts(&each.body, see);
            }
        }
    }
}
