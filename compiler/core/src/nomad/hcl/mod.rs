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
    Writer { out, dialect }.body(body, 0);
}

struct Writer<'a> {
    out: &'a mut String,
    dialect: Dialect,
}

impl Writer<'_> {
    fn body(&mut self, body: &Body, depth: usize) {
        let attributes = body.attributes.iter().filter(|attribute| !self.is_left_out(&attribute.value));
        let pairs: Vec<Pair<'_>> = attributes.map(|it| self.pair_of(&it.name, &it.value, Place::Body)).collect();
        self.pairs(&pairs, depth, Place::Body);
        for (at, block) in body.blocks.iter().enumerate() {
            if at > 0 || !pairs.is_empty() {
                self.out.push('\n');
            }
            self.block(block, depth);
        }
    }

    fn block(&mut self, block: &Block, depth: usize) {
        self.indent(depth);
        if Self::must_be_map(block) {
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
        self.body(&block.body, depth + 1);
        self.indent(depth);
        self.out.push_str("}\n");
    }

    /// HCL 2 has no quoted names in a block, so `env { … }` with a name such as `a.b` becomes `env = { "a.b" = … }`. HCL 1 has
    /// them, but takes both for the same, and `nomad fmt` only knows HCL 2.
    fn must_be_map(block: &Block) -> bool {
        block.labels.is_empty() && block.body.attributes.iter().any(|attribute| !is_identifier(&attribute.name))
    }

    fn pair_of<'v>(&self, name: &'v str, value: &'v Value, place: Place) -> Pair<'v> {
        Pair { name, value, is_bare: self.is_bare(name, place), spreads: self.spreads(value) }
    }

    /// Lines `name = value`; neighbours whose value ends on the line have their `=` in one column.
    fn pairs(&mut self, pairs: &[Pair<'_>], depth: usize, place: Place) {
        let mut rest = pairs;
        while let Some((first, others)) = rest.split_first() {
            if first.spreads {
                self.pair(first, depth, 0, place);
                rest = others;
                continue;
            }
            let chain = rest.iter().take_while(|pair| !pair.spreads).count();
            let width = rest[..chain].iter().map(|pair| self.width(pair)).max().unwrap_or(0);
            for pair in &rest[..chain] {
                self.pair(pair, depth, width, place);
            }
            rest = &rest[chain..];
        }
    }

    fn pair(&mut self, pair: &Pair<'_>, depth: usize, width: usize, place: Place) {
        self.indent(depth);
        let start = self.out.len();
        if pair.is_bare {
            self.out.push_str(pair.name);
        } else {
            push_key(self.out, pair.name, self.literal());
        }
        self.spaces(width.saturating_sub(self.out.len() - start));
        self.out.push_str(" = ");
        match (&pair.value.kind, place) {
            (ValueKind::Str(text), Place::Body) if self.dialect != Dialect::Hcl1 && wants_heredoc(text) => {
                push_heredoc(self.out, text, self.dialect);
            }
            _ => self.value(pair.value, depth),
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
        let present = map.iter().filter(|(_, value)| !self.is_left_out(value));
        let pairs: Vec<Pair<'_>> = present.map(|(name, value)| self.pair_of(name, value, Place::Map)).collect();
        self.pairs(&pairs, depth, Place::Map);
    }

    fn list(&mut self, list: &[Value], depth: usize) {
        let list: Vec<&Value> = list.iter().filter(|value| !self.is_left_out(value)).collect();
        let one_line =
            !list.iter().any(|value| self.spreads(value)) && list.iter().map(|it| length(it)).sum::<usize>() <= WIDE;
        // A single map keeps its braces on the lines of the brackets.
        if one_line || matches!(list.as_slice(), [one] if matches!(one.kind, ValueKind::Map(_))) {
            self.out.push('[');
            for (at, value) in list.iter().enumerate() {
                self.out.push_str(if at > 0 { ", " } else { "" });
                self.value(value, depth);
            }
            self.out.push(']');
            return;
        }
        self.out.push_str("[\n");
        for value in list {
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
            ValueKind::List(list) => {
                list.iter().map(length).sum::<usize>() > WIDE || list.iter().any(|value| self.spreads(value))
            }
            _ => false,
        }
    }

    fn is_empty(&self, map: &[(Spanned<String>, Value)]) -> bool {
        map.iter().all(|(_, value)| self.is_left_out(value))
    }

    /// HCL 1 has no null: what is null isn't written.
    fn is_left_out(&self, value: &Value) -> bool {
        self.dialect == Dialect::Hcl1 && value.kind == ValueKind::Null
    }

    fn key(&mut self, name: &str, place: Place) {
        if self.is_bare(name, place) {
            self.out.push_str(name);
        } else {
            push_key(self.out, name, self.literal());
        }
    }

    fn width(&self, pair: &Pair<'_>) -> usize {
        if pair.is_bare {
            return pair.name.len();
        }
        let mut key = String::new();
        push_key(&mut key, pair.name, self.literal());
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

/// What becomes a line `name = value`.
struct Pair<'v> {
    name: &'v str,
    value: &'v Value,
    /// Whether the name stands without quotes.
    is_bare: bool,
    /// Whether the value takes several lines.
    spreads: bool,
}

/// Where a line `name = value` stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Map,
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
