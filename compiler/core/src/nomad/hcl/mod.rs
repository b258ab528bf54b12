//! Writes the core form as HCL, laid out as `nomad fmt` would.
//!
//! Attributes come before blocks, with the `=` of neighbouring lines aligned and a blank line around each block. Whatever
//! a text holds, the program that reads the file gets exactly that text: see [`Dialect`] for whose rules apply.

mod text;

use super::form::{Block, Body, Value, ValueKind};
use crate::source::{Span, Spanned};
use std::borrow::Cow;
pub(crate) use text::is_identifier;
use text::{is_key, push_heredoc, push_key, push_quoted, wants_heredoc};

/// Which parser will read the file. They differ in what `${` means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// Nomad's job files: HCL 2 in which references to what is known at run time, `${attr.cpu.arch}`, stand as they are.
    Job,
    /// Other HCL 2 files, such as node pools: `${` in a text is always escaped.
    Hcl2,
    /// HCL 1: the agents of Nomad and Consul, volumes, namespaces, ACL policies, Consul's and Vault's own files.
    Hcl1,
}

/// A list whose texts are longer together than this is written a line each.
const WIDE: usize = 96;

/// The text of a body.
#[must_use]
pub fn write(body: &Body, dialect: Dialect) -> String {
    let mut out = String::with_capacity(8192);
    write_to(&mut out, body, dialect);
    out
}

/// The text of a file that is one block.
#[must_use]
pub fn write_block(block: &Block, dialect: Dialect) -> String {
    let mut out = String::with_capacity(8192);
    Writer { out: &mut out, dialect }.block(block, 0);
    out
}

/// Appends the text of a body, which ends in a newline unless it is empty.
pub fn write_to(out: &mut String, body: &Body, dialect: Dialect) {
    Writer { out, dialect }.body(body, has_plain_names(body), 0);
}

struct Writer<'a> {
    out: &'a mut String,
    dialect: Dialect,
}

impl Writer<'_> {
    /// `plain` is whether its attributes [have plain names](has_plain_names).
    fn body(&mut self, body: &Body, plain: bool, depth: usize) {
        let dialect = self.dialect;
        let pairs = body.attributes.iter().map(|attribute| (&*attribute.name, &attribute.value));
        let pairs = pairs.filter(|(_, value)| !is_left_out(value, dialect));
        let start = self.out.len();
        self.pairs(pairs, plain && dialect != Dialect::Hcl1, depth, Place::Body);
        let mut is_first = self.out.len() == start;
        for block in &body.blocks {
            if !is_first {
                self.out.push('\n');
            }
            is_first = false;
            self.block(block, depth);
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        self.indent(depth);
        let plain = has_plain_names(&block.body);
        // HCL 2 has no quoted names in a block, so `env { … }` with a name such as `a.b` becomes `env = { "a.b" = … }`. HCL 1 has
        // them, but takes both for the same, and `nomad fmt` only knows HCL 2.
        if !plain && block.labels.is_empty() {
            self.key(&block.name, Place::Body);
            self.out.push_str(" = ");
            self.value(&body_as_value(&block.body), depth);
            self.out.push('\n');
            return;
        }
        self.key(&block.name, Place::Body);
        for label in &block.labels {
            self.out.push(' ');
            push_quoted(self.out, label, self.literal());
        }
        if block.body.attributes.is_empty() && block.body.blocks.is_empty() {
            self.out.push_str(" {}\n");
            return;
        }
        self.out.push_str(" {\n");
        self.body(&block.body, plain, depth + 1);
        self.indent(depth);
        self.out.push_str("}\n");
    }

    /// Lines `name = value`; neighbours whose value ends on the line have their `=` in one column. `bare` is whether all names are
    /// known to stand without quotes.
    fn pairs<'v, P>(&mut self, mut pairs: P, bare: bool, depth: usize, place: Place)
    where
        P: Iterator<Item = (&'v str, &'v Value)> + Clone,
    {
        loop {
            let (mut neighbours, mut width, mut all_bare) = (0, 0, true);
            let ends = pairs.clone().find(|(name, value)| {
                let spreads = self.spreads(value);
                if !spreads {
                    let is_bare = bare || self.is_bare(name, place);
                    width = width.max(if is_bare { name.len() } else { self.quoted_width(name) });
                    all_bare &= is_bare;
                    neighbours += 1;
                }
                spreads
            });
            for pair in pairs.by_ref().take(neighbours) {
                self.pair(pair, all_bare, depth, width, place);
            }
            if ends.is_none() {
                return;
            }
            pairs.by_ref().take(1).for_each(|pair| self.pair(pair, bare, depth, 0, place));
        }
    }

    fn pair(&mut self, (name, value): (&str, &Value), bare: bool, depth: usize, width: usize, place: Place) {
        self.indent(depth);
        let start = self.out.len();
        if bare {
            self.out.push_str(name);
        } else {
            self.key(name, place);
        }
        self.spaces(width.saturating_sub(self.out.len() - start));
        self.out.push_str(" = ");
        match (&value.kind, place) {
            (ValueKind::Str(text), Place::Body) if self.dialect != Dialect::Hcl1 && wants_heredoc(text) => {
                push_heredoc(self.out, text, self.dialect);
            }
            _ => self.value(value, depth),
        }
        self.out.push('\n');
    }

    fn value(&mut self, value: &Value, depth: usize) {
        match &value.kind {
            ValueKind::Null => self.out.push_str("null"),
            ValueKind::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            ValueKind::Int(number) => push_display(self.out, number),
            ValueKind::Float(number) if number.is_finite() => push_display(self.out, &format_args!("{number:?}")),
            ValueKind::Float(_) => self.out.push('0'),
            ValueKind::Str(text) | ValueKind::Tagged(_, text) | ValueKind::Artifact(text) => {
                push_quoted(self.out, text, self.dialect);
            }
            ValueKind::List(list) => self.list(list, depth),
            ValueKind::Map(map) if self.is_empty(map) => self.out.push_str("{}"),
            ValueKind::Map(map) => {
                self.out.push_str("{\n");
                self.map(map, depth + 1);
                self.indent(depth);
                self.out.push('}');
            }
        }
    }

    fn map(&mut self, map: &[(Spanned<String>, Value)], depth: usize) {
        let dialect = self.dialect;
        let pairs = map.iter().filter(|(_, value)| !is_left_out(value, dialect));
        self.pairs(pairs.map(|(name, value)| (name.as_str(), value)), false, depth, Place::Map);
    }

    fn list(&mut self, list: &[Value], depth: usize) {
        let dialect = self.dialect;
        let present = list.iter().filter(|value| !is_left_out(value, dialect));
        let mut maps = present.clone().map(|value| matches!(value.kind, ValueKind::Map(_)));
        // A single map keeps its braces on the lines of the brackets.
        if !self.is_long(present.clone()) || (maps.next() == Some(true) && maps.next().is_none()) {
            self.out.push('[');
            for (at, value) in present.enumerate() {
                self.out.push_str(if at > 0 { ", " } else { "" });
                self.value(value, depth);
            }
            self.out.push(']');
            return;
        }
        self.out.push_str("[\n");
        for value in present {
            self.indent(depth + 1);
            self.value(value, depth + 1);
            self.out.push_str(",\n");
        }
        self.indent(depth);
        self.out.push(']');
    }

    /// Whether a value takes several lines, so that the `=` before it isn't aligned. A heredoc counts as one line.
    fn spreads(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Map(map) => !self.is_empty(map),
            ValueKind::List(list) => self.is_long(list.iter()),
            _ => false,
        }
    }

    /// Whether a list takes several lines.
    fn is_long<'v>(&self, list: impl Iterator<Item = &'v Value>) -> bool {
        let mut columns = 0;
        list.into_iter().any(|value| {
            columns += length(value);
            columns > WIDE || self.spreads(value)
        })
    }

    fn is_empty(&self, map: &[(Spanned<String>, Value)]) -> bool {
        map.iter().all(|(_, value)| is_left_out(value, self.dialect))
    }

    fn key(&mut self, name: &str, place: Place) {
        if self.is_bare(name, place) {
            self.out.push_str(name);
        } else {
            push_key(self.out, name, self.literal());
        }
    }

    fn quoted_width(&self, name: &str) -> usize {
        let mut key = String::new();
        push_key(&mut key, name, self.literal());
        key.len()
    }

    fn is_bare(&self, name: &str, place: Place) -> bool {
        if place == Place::Body && self.dialect != Dialect::Hcl1 { is_identifier(name) } else { is_key(name) }
    }

    /// The dialect for labels and keys, where no reference may stand.
    fn literal(&self) -> Dialect {
        if self.dialect == Dialect::Hcl1 { Dialect::Hcl1 } else { Dialect::Hcl2 }
    }

    fn indent(&mut self, depth: usize) {
        self.spaces(2 * depth);
    }

    fn spaces(&mut self, mut count: usize) {
        const SPACES: &str = "                                ";
        while count > 0 {
            let some = count.min(SPACES.len());
            self.out.push_str(&SPACES[..some]);
            count -= some;
        }
    }
}

/// Where a line `name = value` stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Map,
}

/// Whether all names of a body may stand without quotes in HCL 2.
fn has_plain_names(body: &Body) -> bool {
    body.attributes.iter().all(|attribute| is_identifier(&attribute.name))
}

/// HCL 1 has no null: what is null isn't written.
fn is_left_out(value: &Value, dialect: Dialect) -> bool {
    dialect == Dialect::Hcl1 && matches!(value.kind, ValueKind::Null)
}

fn push_display(out: &mut String, value: &dyn std::fmt::Display) {
    use std::fmt::Write;
    let _ = write!(out, "{value}"); // a String takes everything
}

/// About how many columns a value takes on one line; decides only the layout.
fn length(value: &Value) -> usize {
    match &value.kind {
        ValueKind::Str(text) | ValueKind::Tagged(_, text) | ValueKind::Artifact(text) => text.len() + 4,
        ValueKind::List(list) => 2 + list.iter().map(length).sum::<usize>(),
        _ => 8,
    }
}

/// A body as one map: labels become keys, blocks of one name a list.
fn body_as_value(body: &Body) -> Value {
    let mut map = Vec::new();
    let span = Span::default();
    for attribute in &body.attributes {
        map.push((Spanned::new(attribute.name.clone().into_owned(), span), attribute.value.clone()));
    }
    let mut names: Vec<&Cow<'static, str>> = Vec::new();
    for block in &body.blocks {
        if names.contains(&&block.name) {
            continue;
        }
        names.push(&block.name);
        let mut values: Vec<Value> = body.blocks(&block.name).map(block_as_value).collect();
        let value = match values.len() {
            1 => values.remove(0),
            _ => Value { kind: ValueKind::List(values), span },
        };
        map.push((Spanned::new(block.name.clone().into_owned(), span), value));
    }
    Value { kind: ValueKind::Map(map), span }
}

fn block_as_value(block: &Block) -> Value {
    block.labels.iter().rev().fold(body_as_value(&block.body), |value, label| Value {
        kind: ValueKind::Map(vec![(label.clone(), value)]),
        span: block.span,
    })
}
