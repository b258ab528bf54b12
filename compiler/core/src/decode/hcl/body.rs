//! Bodies of a job file, checked against the same tables as manifests are.

use super::codes::bad_expression::bad_expression;
use super::eval::Evaluator;
use super::operator;
use super::variables::is_there;
use crate::decode::codes::{missing_attribute, missing_label, unexpected_argument, unknown_name, wrong_type};
use crate::decode::filling::{Filling, Unknown, lives};
use crate::decode::scope::Scope;
use crate::decode::value::Want;
use crate::decode::{ANYTHING, LANGUAGES};
use crate::diagnostic::{Diagnostic, Severity};
use crate::nomad::form::{Attribute, Block, Value, ValueKind};
use crate::nomad::schema::{BlockType, By, Occurs, Type};
use crate::source::{Span, Spanned};
use hlmc_hcl as hcl;
use hlmc_hcl::{ExprKind, Item};
use std::borrow::Cow;

/// Reads the bodies of one file.
pub(super) struct Reader<'r, 'e> {
    pub(super) evaluator: &'r mut Evaluator<'e>,
    /// The blocks that are open, outermost first: where a misplaced name may belong.
    pub(super) scopes: Vec<Scope>,
}

impl Reader<'_, '_> {
    fn span(&self, span: hcl::Span) -> Span {
        self.evaluator.span(span)
    }

    /// Reads a block of this type. It is nothing when it lacks a label.
    pub(super) fn block(
        &mut self,
        block: &hcl::Block<'_>,
        ty: &'static BlockType,
        outer: &hcl::Body<'_>,
    ) -> Option<Block> {
        let labels = self.labels_of(block);
        self.labelled(block, ty, outer, labels, &mut Filling::default())
    }

    fn labels_of(&self, block: &hcl::Block<'_>) -> Vec<Spanned<String>> {
        let labels = block.labels.iter();
        labels.map(|label| Spanned::new(label.text.clone().into_owned(), self.span(label.span))).collect()
    }

    fn labelled<'t>(
        &mut self,
        block: &'t hcl::Block<'t>,
        ty: &'static BlockType,
        outer: &hcl::Body<'_>,
        labels: Vec<Spanned<String>>,
        filling: &mut Filling<'t>,
    ) -> Option<Block> {
        let name_span = self.span(block.name.span);
        let labels = self.labels(ty, labels, name_span);
        let scope = self.scope(ty, outer, labels.as_deref());
        let around = filling.open();
        self.scopes.push(scope);
        self.items(&block.body, scope, filling);
        self.scopes.pop();
        for attribute in scope.required().filter(|it| !filling.has(it.name)) {
            self.evaluator.sink.push(missing_attribute::missing_attribute(ty.name, attribute, name_span));
        }
        let body = filling.close(around);
        Some(Block { name: Cow::Borrowed(ty.name), labels: labels?, body, span: self.span(block.head) })
    }

    /// The labels that a block has, if it has as many as it needs.
    fn labels(&mut self, ty: &BlockType, labels: Vec<Spanned<String>>, name: Span) -> Option<Vec<Spanned<String>>> {
        if let Some(missing) = ty.labels.get(labels.len()) {
            self.evaluator.sink.push(missing_label::missing_label(ty.name, missing, name));
            return None;
        }
        if let Some(more) = labels.get(ty.labels.len()) {
            self.evaluator.sink.push(unexpected_argument::unexpected_label(ty.name, ty.labels.len(), more, more.span));
            return None;
        }
        Some(labels)
    }

    fn scope(&mut self, ty: &'static BlockType, outer: &hcl::Body<'_>, labels: Option<&[Spanned<String>]>) -> Scope {
        let own = labels.and_then(|labels| labels.first()).map(|label| label.value.clone());
        let text = |by| match by {
            By::Attribute(name) => {
                let attribute = outer.attributes().find(|attribute| attribute.name.text == name)?;
                match self.evaluator.quietly(&attribute.value)?.kind {
                    ValueKind::Str(text) => Some(text),
                    _ => None,
                }
            }
            By::Label => own,
            By::ParentLabel => None,
        };
        Scope::chosen(ty, text, LANGUAGES)
    }

    fn items<'t>(&mut self, body: &'t hcl::Body<'t>, scope: Scope, filling: &mut Filling<'t>) {
        for item in &body.items {
            match item {
                Item::Attribute(attribute) => self.attribute(attribute, scope, filling),
                Item::Block(block) if block.name.text == "dynamic" => self.dynamic(block, body, scope, filling),
                Item::Block(block) => {
                    let labels = self.labels_of(block);
                    self.child(block, block.name, labels, body, scope, filling);
                }
            }
        }
        self.put_off(scope, filling);
    }

    fn attribute<'t>(&mut self, attribute: &'t hcl::Attribute<'t>, scope: Scope, filling: &mut Filling<'t>) {
        let (name, span) = (attribute.name.text, self.span(attribute.name.span));
        if !filling.is_new(name, span, self.evaluator.sink) {
            return;
        }
        if let Some(known) = scope.attribute(name) {
            if !lives(&known.life, known.name, span, self.evaluator.sink) {
                return;
            }
            let value = self.evaluator.eval(&attribute.value).filter(is_there);
            let value = value.and_then(|value| self.fitting(value, Want::of(known)));
            filling.push(Cow::Borrowed(known.name), span, value);
        } else if let Some(block) = scope.block(name) {
            let value = self.evaluator.eval(&attribute.value).filter(is_there);
            self.as_attribute(block, attribute.name, value, scope, filling);
        } else if scope.open.is_some() || self.is_drivers() {
            if scope.open.is_none() {
                filling.put_off(name, span, Vec::new());
            }
            let value = self.evaluator.eval(&attribute.value);
            let value = value.and_then(|value| self.fit(value, Want::open(name, scope.open.unwrap_or(Type::Any))));
            filling.push(Cow::Owned(name.to_owned()), span, value);
        } else {
            filling.put_off(name, span, Vec::new());
        }
    }

    /// Whether a driver reads what stands here, and not Nomad itself.
    fn is_drivers(&self) -> bool {
        self.scopes.iter().any(|scope| scope.ty.body_by.is_some())
    }

    /// A value as what is wanted. Nomad hands a driver what is written, and the driver makes of it what it needs.
    fn fitting(&mut self, value: Value, want: Want<'_>) -> Option<Value> {
        if !self.is_drivers() {
            return self.fit(value, want);
        }
        self.fit(value.clone(), want).map(|_| value)
    }

    /// A block that is written as an attribute: `env = { … }`.
    fn as_attribute<'t>(
        &mut self,
        ty: &'static BlockType,
        name: hcl::Name<'t>,
        value: Option<Value>,
        scope: Scope,
        filling: &mut Filling<'t>,
    ) {
        let span = self.span(name.span);
        if !ty.as_attribute && scope.open.is_none() {
            let label = ty.labels.first().map(|label| format!("\"{label}\" ")).unwrap_or_default();
            self.evaluator.sink.push(wrong_type::block_as_attribute(ty.name, &label, span));
            return;
        }
        let Some(value) = value else { return };
        if let ValueKind::Map(map) = &value.kind
            && ty.open.is_none()
        {
            let inner = Scope::of(ty);
            self.scopes.push(inner);
            for (key, _) in map.iter().filter(|(key, _)| !inner.knows(&key.value)) {
                self.unknown(&key.value, key.span);
            }
            self.scopes.pop();
        }
        let is_known_later = super::is_variable(&value);
        match (ty.open, value.kind) {
            // Names and texts are the same either way; the block is the usual one.
            (Some(Type::Str), ValueKind::Map(map)) if ty.occurs == Occurs::Once => {
                let mut block = Block::new(ty.name, span);
                for (key, value) in map {
                    let value = self.fit(value, Want::open(&key.value, Type::Str));
                    block.body.attributes.extend(value.map(|value| Attribute {
                        name: Cow::Owned(key.value),
                        name_span: key.span,
                        value,
                    }));
                }
                filling.push_block(Some(block));
            }
            (Some(Type::Str), kind) if !is_known_later && !is_map(&kind) => {
                let found = operator::name(&kind);
                self.evaluator.sink.push(wrong_type::wrong_value(ty.name, Type::StringMap, found, value.span));
            }
            (_, kind) => filling.push(Cow::Borrowed(ty.name), span, Some(Value { kind, span: value.span })),
        }
    }

    fn child<'t>(
        &mut self,
        block: &'t hcl::Block<'t>,
        name: hcl::Name<'t>,
        labels: Vec<Spanned<String>>,
        outer: &'t hcl::Body<'t>,
        scope: Scope,
        filling: &mut Filling<'t>,
    ) {
        let span = self.span(name.span);
        if let Some(ty) = scope.block(name.text) {
            if lives(&ty.life, ty.name, span, self.evaluator.sink) {
                let names = labels.iter().map(|label| Cow::Owned(label.value.clone())).collect::<Vec<_>>();
                let read = self.labelled(block, ty, outer, labels, filling);
                if filling.is_new_block(ty, names.into_iter(), span, self.evaluator.sink) {
                    filling.push_block(read);
                }
            }
        } else if scope.open == Some(Type::Any) || self.is_drivers() {
            if scope.open.is_none() && scope.attribute(name.text).is_none() {
                filling.put_off(name.text, span, names_in(block));
            }
            let read = self.free(block, name, labels, filling);
            filling.push_block(Some(read));
        } else if scope.attribute(name.text).is_some() {
            let head = self.span(block.head);
            self.evaluator.sink.push(wrong_type::attribute_as_block(name.text, head));
        } else {
            filling.put_off(name.text, span, names_in(block));
        }
    }

    /// A block that no table knows: anything may stand in it.
    fn free<'t>(
        &mut self,
        block: &'t hcl::Block<'t>,
        name: hcl::Name<'_>,
        labels: Vec<Spanned<String>>,
        filling: &mut Filling<'t>,
    ) -> Block {
        let scope = Scope::of(&ANYTHING);
        let around = filling.open();
        self.scopes.push(scope);
        self.items(&block.body, scope, filling);
        self.scopes.pop();
        let body = filling.close(around);
        Block { name: Cow::Owned(name.text.to_owned()), labels, body, span: self.span(block.head) }
    }

    /// `dynamic "port" { for_each = … content { … } }`: a block for each element.
    fn dynamic<'t>(
        &mut self,
        block: &'t hcl::Block<'t>,
        outer: &'t hcl::Body<'t>,
        scope: Scope,
        filling: &mut Filling<'t>,
    ) {
        let find = |name: &str| block.body.attributes().find(|it| it.name.text == name).map(|it| &it.value);
        let content = block.body.blocks().find(|inner| inner.name.text == "content");
        if !self.evaluator.knows_all(block, &["content", "for_each", "iterator", "labels"]) {
            return;
        }
        let ([label], Some(each), Some(content)) = (block.labels.as_slice(), find("for_each"), content) else {
            let message = "`dynamic` needs the name of a block, `for_each` and `content`";
            let help =
                "write `dynamic \"NAME\" { for_each = [ … ]`, then `content { … }` with what stands in each block, `}`";
            self.evaluator.sink.push(bad_expression(message, self.span(block.head)).help(help));
            return;
        };
        let iterator = match find("iterator").map(|it| &it.kind) {
            Some(ExprKind::Variable(name)) => (*name).to_owned(),
            _ => label.text.clone().into_owned(),
        };
        let Some(elements) = self.evaluator.elements(each) else { return };
        let name = hcl::Name { text: &label.text, span: label.span };
        for (key, value) in elements {
            let span = value.span;
            let entry = |name: &str, value| (Spanned::new(name.to_owned(), span), value);
            let pair = Value { kind: ValueKind::Map(vec![entry("key", key), entry("value", value)]), span };
            self.evaluator.names.push((iterator.clone(), pair));
            if let Some(labels) = self.dynamic_labels(find("labels")) {
                self.child(content, name, labels, outer, scope, filling);
            }
            self.evaluator.names.pop();
        }
    }

    fn dynamic_labels(&mut self, labels: Option<&hcl::Expr<'_>>) -> Option<Vec<Spanned<String>>> {
        let Some(labels) = labels else { return Some(Vec::new()) };
        let value = self.evaluator.eval(labels)?;
        let value = self.fit(value, Want::open("labels", Type::Strings))?;
        let ValueKind::List(list) = value.kind else { return None };
        let texts = list.into_iter().map(|value| match value.kind {
            ValueKind::Str(text) => Spanned::new(text, value.span),
            _ => Spanned::new(String::new(), value.span),
        });
        Some(texts.collect())
    }

    /// Tells of the names that nothing has in a body. What is there already is not what was meant.
    fn put_off(&mut self, scope: Scope, filling: &mut Filling<'_>) {
        for unknown in filling.unknown() {
            // What is meant is looked for among all names: a file of nothing but such mistakes would take long.
            if self.evaluator.sink.found() >= hcl::MAX_ERRORS && self.evaluator.sink.has_errors() {
                return;
            }
            let diagnostic = unknown_name::unknown_name(&unknown, &self.scopes, LANGUAGES);
            let diagnostic = filling.meant(diagnostic, unknown.name, scope);
            self.not_known(diagnostic);
        }
    }

    /// Reports a name that nothing has. A driver may be another one than the tables know, so there it is only a warning.
    pub(super) fn unknown(&mut self, name: &str, span: Span) {
        // What is meant is looked for among all names: a file of nothing but such mistakes would take long.
        if self.evaluator.sink.found() >= hcl::MAX_ERRORS && self.evaluator.sink.has_errors() {
            return;
        }
        let unknown = Unknown { name, span, holds: Vec::new() };
        let diagnostic = unknown_name::unknown_name(&unknown, &self.scopes, LANGUAGES);
        self.not_known(diagnostic);
    }

    fn not_known(&mut self, diagnostic: Diagnostic) {
        let severity = if self.is_drivers() { Severity::Warning } else { diagnostic.severity };
        self.evaluator.sink.push(Diagnostic { severity, ..diagnostic });
    }
}

/// The names that stand in a block.
fn names_in<'t>(block: &'t hcl::Block<'t>) -> Vec<&'t str> {
    let name = |item: &'t Item<'t>| match item {
        Item::Attribute(attribute) => attribute.name.text,
        Item::Block(block) => block.name.text,
    };
    block.body.items.iter().map(name).collect()
}

/// Whether names stand in a value, or in each of its elements.
fn is_map(kind: &ValueKind) -> bool {
    match kind {
        ValueKind::List(list) => list.iter().all(|value| matches!(value.kind, ValueKind::Map(_))),
        kind => matches!(kind, ValueKind::Map(_) | ValueKind::Null),
    }
}
