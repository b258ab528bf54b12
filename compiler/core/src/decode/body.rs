//! Blocks: labels, switches, properties and children, each by the tables of its scope.

use super::codes::{
    deprecated_name, duplicate_name, missing_attribute, missing_label, removed_name, unexpected_argument,
    unknown_annotation, unknown_name, wrong_type,
};
use super::elsewhere;
use super::scope::Scope;
use super::seen::{Key, Seen};
use super::value::Want;
use super::{ANYTHING, Decoder};
use crate::nomad::form::{Attribute, Block, Body, Value};
use crate::nomad::schema::{BlockType, Life, Occurs, Type};
use crate::source::{Span, Spanned};
use hlmc_syntax::{EntryRef, NodeRef};
use std::borrow::Cow;

/// Room is made for so many names of a body at most: a longer one may hold blocks for the most part.
const MOST_RESERVED: usize = 32;

/// A body that is being read.
#[derive(Default)]
struct Filling<'d> {
    body: Body,
    seen: Seen<'d>,
    /// The names that unknown ones probably stand for.
    meant: Vec<String>,
}

impl<'d> Filling<'d> {
    /// A body for what stands in a node.
    fn of(node: NodeRef<'d, '_>) -> Self {
        let names = (node.props().count() + node.children().count()).min(MOST_RESERVED);
        // What has children of its own is a block as a rule.
        let attributes = names.min(node.props().count() + node.children().filter(|child| !child.has_block()).count());
        let body = Body { attributes: Vec::with_capacity(attributes), blocks: Vec::new() };
        Self { body, seen: Seen::with_capacity(names), meant: Vec::new() }
    }

    /// Whether a name was there, right or wrong, or one that probably stands for it.
    fn has(&self, name: &str) -> bool {
        self.seen.has(name) || self.meant.iter().any(|meant| meant == name)
    }

    fn push(&mut self, name: Cow<'static, str>, name_span: Span, value: Option<Value>) {
        self.body.attributes.extend(value.map(|value| Attribute { name, name_span, value }));
    }
}

impl Decoder<'_> {
    pub(super) fn top(&mut self, node: NodeRef<'_, '_>, root: &'static BlockType) -> Option<Block> {
        let scope = Scope::of(root);
        let mut filling = Filling::default();
        self.scopes.push(scope);
        self.child(node, None, scope, &mut filling);
        self.scopes.pop();
        filling.body.blocks.pop()
    }

    pub(super) fn block(
        &mut self,
        node: NodeRef<'_, '_>,
        ty: &'static BlockType,
        parent: Option<NodeRef<'_, '_>>,
    ) -> Option<Block> {
        let labels = self.labels(node, ty);
        let mut scope = Scope::find(node, ty, parent, self.languages);
        scope.partial |= self.scopes.last().is_some_and(|outer| outer.partial);
        scope.partial |= ty.name == "service" && node.children().any(|child| child.name() == "preset");
        let mut filling = Filling::of(node);
        self.scopes.push(scope);
        for entry in node.args().skip(ty.labels.len()) {
            self.switch(node, entry, scope, &mut filling);
        }
        self.inside(node, scope, &mut filling);
        self.scopes.pop();
        let labels = labels?;
        let missing = scope.attributes().filter(|it| !scope.partial && it.required && !filling.has(it.name));
        for attribute in missing {
            let label = labels.first().map_or("", |label| label.as_str());
            let short = elsewhere::short_form(ty.name, label).filter(|_| label.contains(':'));
            let diagnostic = missing_attribute::missing_attribute(ty.name, attribute, self.span(node.name_span()));
            self.report(match short {
                Some(short) => diagnostic.help(short),
                None => diagnostic,
            });
        }
        let span = self.span(node.head_span());
        Some(Block { name: Cow::Borrowed(ty.name), labels, body: filling.body, span })
    }

    /// A block that no table knows: all of its arguments are labels, and anything may stand in it.
    fn free_block(&mut self, node: NodeRef<'_, '_>) -> Option<Block> {
        let mut labels = Some(Vec::new());
        for entry in node.args() {
            self.label(entry, node.name(), "label", &mut labels);
        }
        let mut filling = Filling::of(node);
        let scope = Scope::of(&ANYTHING);
        self.scopes.push(scope);
        self.inside(node, scope, &mut filling);
        self.scopes.pop();
        let (name, span) = (Cow::Owned(node.name().to_owned()), self.span(node.head_span()));
        labels.map(|labels| Block { name, labels, body: filling.body, span })
    }

    fn inside<'d>(&mut self, node: NodeRef<'d, '_>, scope: Scope, filling: &mut Filling<'d>) {
        for entry in node.props() {
            self.property(entry, scope, filling);
        }
        for child in node.children() {
            self.child(child, Some(node), scope, filling);
        }
    }

    /// The labels of a block; nothing if one is missing or wrong.
    fn labels(&mut self, node: NodeRef<'_, '_>, ty: &BlockType) -> Option<Vec<Spanned<String>>> {
        let mut labels = Some(Vec::with_capacity(ty.labels.len()));
        let mut entries = node.args();
        for name in ty.labels {
            match entries.next() {
                Some(entry) => self.label(entry, ty.name, name, &mut labels),
                None => {
                    let diagnostic = missing_label::missing_label(ty.name, name, self.span(node.name_span()));
                    self.report(diagnostic);
                    return None;
                }
            }
        }
        labels
    }

    fn label(&mut self, entry: EntryRef<'_, '_>, block: &str, name: &str, labels: &mut Option<Vec<Spanned<String>>>) {
        let span = self.span(entry.value_span());
        if let Some(annotation) = entry.ty() {
            let span = self.span(annotation.span);
            self.report(unknown_annotation::annotated_label(block, annotation.text, span));
        }
        let Some(text) = entry.value().as_str() else {
            *labels = None;
            self.report(wrong_type::label(block, name, entry.value(), entry.text(), span));
            return;
        };
        match (self.parameters.fill_text(text, span, self.sink), labels.as_mut()) {
            (Some(text), Some(labels)) => labels.push(Spanned::new(text, span)),
            _ => *labels = None,
        }
    }

    /// A bare word behind the labels: it sets a truth value.
    fn switch<'d>(&mut self, node: NodeRef<'d, '_>, entry: EntryRef<'d, '_>, scope: Scope, filling: &mut Filling<'d>) {
        let (text, span) = (entry.value().as_str(), self.span(entry.value_span()));
        match text.and_then(|text| scope.attribute(text)).filter(|attribute| attribute.ty == Type::Bool) {
            Some(attribute) if entry.ty().is_none() => {
                if self.is_new([attribute.name, "", ""], span, filling)
                    && self.lives(attribute.life, attribute.name, span)
                {
                    filling.push(Cow::Borrowed(attribute.name), span, Some(Value::bool(true, span)));
                }
            }
            _ => {
                let before = node.props().take_while(|before| before.span().end <= entry.span().start).last();
                let list = before.and_then(|before| scope.attribute(before.key()?.text)).filter(|it| it.ty.is_list());
                let diagnostic = match list {
                    Some(list) => unexpected_argument::behind_a_list(list.name, entry.text(), span),
                    None => {
                        let given = |name: &str| {
                            node.props().any(|it| it.key().is_some_and(|key| key.text == name))
                                || node.children().any(|it| it.name() == name)
                        };
                        let block = scope.ty.name;
                        unexpected_argument::unexpected_argument(block, text, entry.text(), &scope, given, span)
                    }
                };
                let meant = diagnostic.fix.as_ref().and_then(|fix| fix.replacement.split('=').next());
                filling.meant.extend(meant.map(str::to_owned));
                self.report(diagnostic);
            }
        }
    }

    fn property<'d>(&mut self, entry: EntryRef<'d, '_>, scope: Scope, filling: &mut Filling<'d>) {
        let Some(key) = entry.key() else { return };
        let span = self.span(key.span);
        if let Some(attribute) = scope.attribute(key.text) {
            if self.is_new([key.text, "", ""], span, filling) && self.lives(attribute.life, attribute.name, span) {
                let value = self.entry_value(entry, Want::of(attribute));
                filling.push(Cow::Borrowed(attribute.name), span, value);
            }
        } else if let Some(block) = scope.block(key.text) {
            self.report(wrong_type::block_as_property(block, entry.text(), span));
        } else if let Some(ty) = scope.open {
            if self.is_new([key.text, "", ""], span, filling) {
                let value = self.entry_value(entry, Want::open(key.text, ty));
                filling.push(Cow::Owned(key.text.to_owned()), span, value);
            }
        } else {
            self.unknown(key.text, span, filling);
        }
    }

    fn child<'d>(
        &mut self,
        node: NodeRef<'d, '_>,
        parent: Option<NodeRef<'d, '_>>,
        scope: Scope,
        filling: &mut Filling<'d>,
    ) {
        let (name, span) = (node.name(), self.span(node.name_span()));
        if let Some(annotation) = node.ty() {
            let span = self.span(annotation.span);
            self.report(unknown_annotation::annotated_node(name, annotation.text, span));
        }
        if let Some(attribute) = scope.attribute(name) {
            if self.is_new([name, "", ""], span, filling) && self.lives(attribute.life, attribute.name, span) {
                let value = self.node_value(node, Want::of(attribute));
                filling.push(Cow::Borrowed(attribute.name), span, value);
            }
        } else if let Some(ty) = scope.block(name) {
            if self.lives(ty.life, ty.name, span) {
                let block = self.block(node, ty, parent);
                if self.is_new_block(node, ty, filling) {
                    filling.body.blocks.extend(block);
                }
            }
        } else if let Some(ty) = scope.open {
            self.open_child(node, ty, filling);
        } else {
            self.unknown(name, span, filling);
        }
    }

    fn unknown(&mut self, name: &str, span: Span, filling: &mut Filling<'_>) {
        let diagnostic = unknown_name::unknown_name(name, span, &self.scopes, self.languages);
        filling.meant.extend(diagnostic.fix.as_ref().map(|fix| fix.replacement.clone()));
        self.report(diagnostic);
    }

    /// A child that no table lists, where such are welcome.
    fn open_child<'d>(&mut self, node: NodeRef<'d, '_>, ty: Type, filling: &mut Filling<'d>) {
        let is_list = node.children().any(|child| child.name() == "-");
        if ty == Type::Any && !is_list && (node.has_block() || node.props().next().is_some()) {
            filling.body.blocks.extend(self.free_block(node));
            return;
        }
        let span = self.span(node.name_span());
        if self.is_new([node.name(), "", ""], span, filling) {
            let value = self.node_value(node, Want::open(node.name(), ty));
            filling.push(Cow::Owned(node.name().to_owned()), span, value);
        }
    }

    fn is_new<'d>(&mut self, key: Key<'d>, span: Span, filling: &mut Filling<'d>) -> bool {
        let first = filling.seen.note(key, span);
        if let Some(first) = first {
            self.report(duplicate_name::duplicate_name(key[0], first, span));
        }
        first.is_none()
    }

    /// Whether a body may hold this block beside those it has.
    fn is_new_block<'d>(&mut self, node: NodeRef<'d, '_>, ty: &BlockType, filling: &mut Filling<'d>) -> bool {
        let span = self.span(node.head_span());
        if ty.occurs == Occurs::Once {
            return self.is_new([node.name(), "", ""], span, filling);
        }
        if ty.labels.is_empty() || ty.occurs == Occurs::Repeats {
            return true;
        }
        let mut labels = node.args().filter_map(|entry| entry.value().as_str()).take(ty.labels.len());
        let (Some(first), second) = (labels.next(), labels.next()) else { return true };
        let taken = filling.seen.note([node.name(), first, second.unwrap_or_default()], span);
        if let Some(taken) = taken {
            let labels: Vec<&str> = std::iter::once(first).chain(second).collect();
            self.report(duplicate_name::duplicate_block(ty.name, &labels, taken, span));
        }
        taken.is_none()
    }

    /// Whether a name is still read; tells of those that aren't, or won't be for long.
    fn lives(&mut self, life: Life, name: &str, span: Span) -> bool {
        if let Some(removed) = life.removed {
            self.report(removed_name::removed_name(name, removed, span));
            return false;
        }
        if let Some(deprecated) = life.deprecated {
            self.report(deprecated_name::deprecated_name(name, deprecated, span));
        }
        true
    }
}
