//! Values of several parts: lists and maps, as arguments, properties or children.

use super::Decoder;
use super::codes::{missing_value, unexpected_argument, wrong_type};
use super::seen::Seen;
use crate::nomad::form::{Value, ValueKind};
use crate::nomad::schema::{AttributeType, Type};
use crate::source::{Span, Spanned};
use hlmc_syntax::{EntryRef, NodeRef};

/// What a value is wanted for.
#[derive(Clone, Copy)]
pub(super) struct Want<'n> {
    /// The name of what it is given for.
    pub(super) name: &'n str,
    /// What it must be.
    pub(super) ty: Type,
    /// The texts it may be; empty where any is.
    pub(super) one_of: &'static [&'static str],
    /// The least and the most that it may be.
    pub(super) limits: (Option<i64>, Option<i64>),
    /// Whether it may be left out, and so be null where that has a meaning.
    pub(super) optional: bool,
}

impl<'n> Want<'n> {
    pub(super) const fn of(attribute: &'static AttributeType) -> Self {
        Self {
            name: attribute.name,
            ty: attribute.ty,
            one_of: attribute.one_of,
            limits: (attribute.least, attribute.most),
            optional: !attribute.required,
        }
    }

    pub(super) const fn open(name: &'n str, ty: Type) -> Self {
        Self { name, ty, one_of: &[], limits: (None, None), optional: true }
    }

    /// The same for one element.
    pub(super) const fn each(self, ty: Type) -> Self {
        Self { ty, ..self }
    }

    const fn element(self) -> Self {
        self.each(match self.ty {
            Type::Strings => Type::Str,
            Type::Ints => Type::Int,
            _ => Type::Any,
        })
    }
}

impl Decoder<'_> {
    /// The value of a property, or of the one argument of a node.
    pub(super) fn entry_value(&mut self, entry: EntryRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        match want.ty {
            Type::Strings | Type::Ints | Type::List => {
                let value = self.scalar(entry, want.element())?;
                if value.kind == ValueKind::Null && want.ty != Type::List {
                    return Some(value);
                }
                Some(Value { span: value.span, kind: ValueKind::List(vec![value]) })
            }
            Type::StringMap | Type::Map | Type::MapList => {
                let span = self.span(entry.value_span());
                self.report(wrong_type::no_pairs(want.name, span));
                None
            }
            _ => self.scalar(entry, want),
        }
    }

    /// The value that a node gives behind and below its name.
    pub(super) fn node_value(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        match want.ty {
            Type::Strings | Type::Ints | Type::List => self.list(node, want),
            Type::StringMap => self.map(node, want, Type::Str),
            Type::Map => self.map(node, want, Type::Any),
            Type::MapList => self.maps(node, want),
            Type::Any => self.any(node, want),
            _ => self.one(node, want),
        }
    }

    fn one(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let right = self.no_properties(node, want);
        if let Some(block) = node.block_span() {
            let span = self.span(block);
            self.report(unexpected_argument::unexpected_block(want.name, node.args().next().is_some(), span));
            return None;
        }
        let mut entries = node.args();
        let Some(entry) = entries.next() else {
            if right && want.ty == Type::Bool {
                return Some(Value::bool(true, self.span(node.name_span())));
            }
            return if right { self.missing(node, want) } else { None };
        };
        if let Some(second) = entries.next() {
            let span = self.span(second.span());
            self.report(unexpected_argument::second_value(want.name, span));
        }
        self.scalar(entry, want)
    }

    fn list(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let right = self.no_properties(node, want);
        let mut list = Vec::with_capacity(node.args().count());
        for entry in node.args() {
            if let Some(value) = self.scalar(entry, want.element()) {
                list.push(value);
            }
        }
        for child in node.children() {
            if self.is_element(child, want) {
                let element = self.shaped_want(child, want.element());
                list.extend(self.node_value(child, element));
            }
        }
        if right && node.args().next().is_none() && !node.has_block() {
            return self.missing(node, want);
        }
        if let ([Value { kind: ValueKind::Null, span }], true) = (list.as_slice(), want.ty != Type::List) {
            return Some(Value { kind: ValueKind::Null, span: *span });
        }
        right.then(|| Value { kind: ValueKind::List(list), span: self.values_span(node) })
    }

    fn map(&mut self, node: NodeRef<'_, '_>, want: Want<'_>, each: Type) -> Option<Value> {
        if let Some(entry) = node.args().next() {
            let span = self.span(entry.span());
            self.report(wrong_type::no_pairs(want.name, span));
            return None;
        }
        if !node.has_block() && node.props().next().is_none() {
            return self.missing(node, want);
        }
        let mut seen = Seen::default();
        let mut map = Vec::new();
        for entry in node.props() {
            let Some(key) = entry.key() else { continue };
            let span = self.span(key.span);
            if seen.is_new(key.text, span, self.sink) {
                let value = self.entry_value(entry, Want::open(key.text, each));
                map.extend(value.map(|value| (Spanned::new(key.text.to_owned(), span), value)));
            }
        }
        for child in node.children() {
            let (name, span) = (child.name(), self.span(child.name_span()));
            let each = self.shaped_want(child, Want::open(name, each));
            if seen.is_new(name, span, self.sink) {
                let value = self.node_value(child, each);
                map.extend(value.map(|value| (Spanned::new(name.to_owned(), span), value)));
            }
        }
        Some(Value { kind: ValueKind::Map(map), span: self.span(node.head_span()) })
    }

    /// Maps below `-`, or one map written straight behind or below the name.
    fn maps(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let mut list = Vec::new();
        if node.children().any(|child| child.name() == "-") {
            if !self.no_properties(node, want) {
                return None;
            }
            for child in node.children() {
                if self.is_element(child, want) {
                    self.shape(child);
                    list.extend(self.map(child, want, Type::Str));
                }
            }
        } else {
            list.extend(self.map(node, want, Type::Str));
            if list.is_empty() {
                return None;
            }
        }
        Some(Value { kind: ValueKind::List(list), span: self.span(node.head_span()) })
    }

    fn any(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let arguments = node.args().count();
        let is_list = node.children().any(|child| child.name() == "-");
        match (arguments, node.has_block()) {
            _ if is_list => self.list(node, want.each(Type::List)),
            (0, _) => self.map(node, want, Type::Any),
            (1, false) => self.one(node, want),
            (_, false) => self.list(node, want.each(Type::List)),
            (_, true) => {
                let span = node.block_span().map_or_else(Span::default, |span| self.span(span));
                self.report(unexpected_argument::unexpected_block(want.name, node.args().next().is_some(), span));
                None
            }
        }
    }

    fn missing(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let span = self.span(node.name_span());
        self.report(missing_value::missing_value(want.name, want.ty, span));
        None
    }

    fn no_properties(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> bool {
        let Some((entry, key)) = node.props().find_map(|entry| entry.key().map(|key| (entry, key))) else {
            return true;
        };
        let span = self.span(entry.span());
        self.report(unexpected_argument::unexpected_property(want.name, key.text, span));
        false
    }

    /// What a node is wanted for, unless it says itself what it is.
    fn shaped_want<'n>(&mut self, node: NodeRef<'n, '_>, want: Want<'n>) -> Want<'n> {
        match self.shape(node) {
            Some(shape) => shape.want(node.name()),
            None => want,
        }
    }

    fn is_element(&mut self, node: NodeRef<'_, '_>, want: Want<'_>) -> bool {
        if node.name() != "-" {
            let span = self.span(node.name_span());
            self.report(unexpected_argument::named_element(want.name, node.name(), span));
        }
        node.name() == "-"
    }

    /// From the first to the last argument; the whole head where there is none.
    fn values_span(&self, node: NodeRef<'_, '_>) -> Span {
        let span = node.args().map(EntryRef::value_span).reduce(hlmc_syntax::Span::join);
        self.span(span.unwrap_or_else(|| node.head_span()))
    }
}
