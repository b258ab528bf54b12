//! Blocks: labels, switches, properties and children, each by the tables of its scope.

use super::codes::{
    missing_attribute, missing_label, unexpected_argument, unknown_annotation, unknown_name, wrong_type,
};
use super::elsewhere;
use super::filling::{Filling, lives};
use super::scope::Scope;
use super::shape::Shape;
use super::value::Want;
use super::{ANYTHING, Decoder};
use crate::diagnostic::{Diagnostic, Fix};
use crate::nomad::form::{Block, Value};
use crate::nomad::schema::{BlockType, Type};
use crate::source::{Span, Spanned};
use hlmc_syntax::{EntryRef, NodeRef};
use std::borrow::Cow;

/// Whether an argument is a bare word that sets a truth value of its block.
fn is_switch(entry: EntryRef<'_, '_>, ty: &BlockType) -> bool {
    let text = entry.text();
    let is_bare = entry.ty().is_none() && !text.starts_with('"');
    is_bare && ty.attribute(text).is_some_and(|attribute| attribute.ty == Type::Bool)
}

impl Decoder<'_> {
    pub(super) fn top(&mut self, node: NodeRef<'_, '_>, root: &'static BlockType) -> Option<Block> {
        let scope = Scope::of(root);
        let mut filling = Filling::with_room();
        self.scopes.push(scope);
        self.child(node, None, scope, &mut filling);
        self.unknown(scope, &mut filling);
        self.scopes.pop();
        filling.pop_block()
    }

    pub(super) fn block<'d>(
        &mut self,
        node: NodeRef<'d, '_>,
        ty: &'static BlockType,
        parent: Option<NodeRef<'_, '_>>,
        filling: &mut Filling<'d>,
    ) -> Option<Block> {
        let labels = self.labels(node, ty);
        let mut scope = Scope::find(node, ty, parent, self.languages);
        scope.partial |= self.scopes.last().is_some_and(|outer| outer.partial);
        scope.partial |= ty.name == "service" && node.children().any(|child| child.name() == "preset");
        let outer = filling.open();
        self.scopes.push(scope);
        for entry in node.args().skip(ty.labels.len()) {
            self.switch(node, entry, scope, filling);
            // What comes behind belongs to it.
            if entry.value().as_str().is_some_and(|text| text == entry.text() && scope.takes_value(text)) {
                break;
            }
        }
        self.inside(node, scope, filling);
        self.scopes.pop();
        if let Some(labels) = labels.as_deref().filter(|_| !scope.partial) {
            self.missing_attributes(node, scope, labels.first(), filling);
        }
        let body = filling.close(outer);
        Some(Block { name: Cow::Borrowed(ty.name), labels: labels?, body, span: self.span(node.head_span()) })
    }

    /// Tells of the attributes that a block has to have and hasn't.
    fn missing_attributes(
        &mut self,
        node: NodeRef<'_, '_>,
        scope: Scope,
        label: Option<&Spanned<String>>,
        filling: &Filling<'_>,
    ) {
        let ty = scope.ty;
        for attribute in scope.required().filter(|it| !filling.has(it.name)) {
            let text = label.map_or("", |label| label.as_str());
            let short = elsewhere::short_form(ty.name, text).filter(|_| text.contains(':'));
            let diagnostic = missing_attribute::missing_attribute(ty.name, attribute, self.span(node.name_span()));
            self.report(match (short, label) {
                (Some(short), Some(label)) => {
                    let whole = Span { end: label.span.end, ..diagnostic.primary.span };
                    let written = short.strip_prefix("write `").and_then(|rest| rest.strip_suffix('`'));
                    let fix = written.map(|written| Fix { span: whole, replacement: written.to_owned() });
                    Diagnostic { fix, ..diagnostic }.help(short)
                }
                _ => diagnostic,
            });
        }
    }

    /// A block that no table knows: all of its arguments are labels, and anything may stand in it.
    fn free_block<'d>(&mut self, node: NodeRef<'d, '_>, filling: &mut Filling<'d>) -> Option<Block> {
        let mut labels = Some(Vec::new());
        for entry in node.args() {
            self.label(entry, node.name(), "label", &mut labels);
        }
        let scope = Scope::of(&ANYTHING);
        let outer = filling.open();
        self.scopes.push(scope);
        self.inside(node, scope, filling);
        self.scopes.pop();
        let body = filling.close(outer);
        let (name, span) = (Cow::Owned(node.name().to_owned()), self.span(node.head_span()));
        labels.map(|labels| Block { name, labels, body, span })
    }

    fn inside<'d>(&mut self, node: NodeRef<'d, '_>, scope: Scope, filling: &mut Filling<'d>) {
        for entry in node.props() {
            self.property(entry, scope, filling);
        }
        for child in node.children() {
            self.child(child, Some(node), scope, filling);
        }
        self.unknown(scope, filling);
    }

    /// The labels of a block; nothing if one is missing or wrong.
    fn labels(&mut self, node: NodeRef<'_, '_>, ty: &BlockType) -> Option<Vec<Spanned<String>>> {
        let mut labels = Some(Vec::with_capacity(ty.labels.len()));
        let mut entries = node.args();
        for name in ty.labels {
            // `route public` lacks its name: the word sets something, as it does behind a name.
            match entries.next().filter(|entry| !is_switch(*entry, ty)) {
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
                if filling.is_new(attribute.name, span, self.sink)
                    && lives(&attribute.life, attribute.name, span, self.sink)
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
                filling.means(meant.or(text.filter(|text| scope.takes_value(text))));
                self.report(diagnostic);
            }
        }
    }

    fn property<'d>(&mut self, entry: EntryRef<'d, '_>, scope: Scope, filling: &mut Filling<'d>) {
        let Some(key) = entry.key() else { return };
        let span = self.span(key.span);
        if let Some(attribute) = scope.attribute(key.text) {
            if filling.is_new(key.text, span, self.sink) && lives(&attribute.life, attribute.name, span, self.sink) {
                let value = self.entry_value(entry, Want::of(attribute));
                filling.push(Cow::Borrowed(attribute.name), span, value);
            }
        } else if let Some(block) = scope.block(key.text) {
            self.report(wrong_type::block_as_property(block, entry.text(), span));
        } else if let Some(ty) = scope.open {
            if filling.is_new(key.text, span, self.sink) {
                let value = self.entry_value(entry, Want::open(key.text, ty));
                filling.push(Cow::Owned(key.text.to_owned()), span, value);
            }
        } else {
            filling.put_off(key.text, span, Vec::new());
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
        if let Some(shape) = self.shape(node) {
            return self.shaped(node, shape, scope, filling);
        }
        if let Some(attribute) = scope.attribute(name) {
            if filling.is_new(name, span, self.sink) && lives(&attribute.life, attribute.name, span, self.sink) {
                let value = self.node_value(node, Want::of(attribute));
                filling.push(Cow::Borrowed(attribute.name), span, value);
            }
        } else if let Some(ty) = scope.block(name) {
            if lives(&ty.life, ty.name, span, self.sink) {
                let block = self.block(node, ty, parent, filling);
                let labels = node.args().filter_map(|entry| entry.value().as_str()).take(ty.labels.len());
                let head = self.span(node.head_span());
                if filling.is_new_block(ty, labels.map(Cow::Borrowed), head, self.sink) {
                    filling.push_block(block);
                }
            }
        } else if let Some(ty) = scope.open {
            self.open_child(node, ty, filling);
        } else {
            let keys = node.props().filter_map(|entry| entry.key()).map(|key| key.text);
            filling.put_off(name, span, keys.chain(node.children().map(NodeRef::name)).collect());
        }
    }

    /// Tells of the names that nothing has.
    fn unknown(&mut self, scope: Scope, filling: &mut Filling<'_>) {
        for unknown in filling.unknown() {
            let diagnostic = unknown_name::unknown_name(&unknown, &self.scopes, self.languages);
            let diagnostic = filling.meant(diagnostic, unknown.name, scope);
            self.report(diagnostic);
        }
    }

    /// A child that says itself what it is.
    fn shaped<'d>(&mut self, node: NodeRef<'d, '_>, shape: Shape, scope: Scope, filling: &mut Filling<'d>) {
        if shape == Shape::Block {
            let block = self.free_block(node, filling);
            filling.push_block(block);
            return;
        }
        let span = self.span(node.name_span());
        if filling.is_new(node.name(), span, self.sink) {
            let name = scope.attribute(node.name()).map_or_else(
                || {
                    scope
                        .block(node.name())
                        .map_or_else(|| Cow::Owned(node.name().to_owned()), |ty| Cow::Borrowed(ty.name))
                },
                |attribute| Cow::Borrowed(attribute.name),
            );
            let value = self.node_value(node, shape.want(node.name()));
            filling.push(name, span, value);
        }
    }

    /// A child that no table lists, where such are welcome.
    fn open_child<'d>(&mut self, node: NodeRef<'d, '_>, ty: Type, filling: &mut Filling<'d>) {
        let is_list = node.children().any(|child| child.name() == "-");
        if ty == Type::Any && !is_list && (node.has_block() || node.props().next().is_some()) {
            let block = self.free_block(node, filling);
            filling.push_block(block);
            return;
        }
        let span = self.span(node.name_span());
        if filling.is_new(node.name(), span, self.sink) {
            let value = self.node_value(node, Want::open(node.name(), ty));
            filling.push(Cow::Owned(node.name().to_owned()), span, value);
        }
    }
}
