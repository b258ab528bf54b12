//! What a job file is given: variables with their values, and locals.

use super::codes::{bad_expression, local_cycle, unset_variable};
use super::convert::{self, Shape};
use super::eval::Evaluator;
use crate::decode::codes::duplicate_name::duplicate_name;
use crate::decode::codes::unknown_name;
use crate::nomad::form::{Value, ValueKind};
use crate::source::{Span, Spanned};
use hlmc_hcl::{Attribute, Block, Body, Expr, ExprKind};
use std::collections::BTreeMap;

/// Values given from outside the file, with the places of their names.
pub(super) type Given = BTreeMap<String, (Span, Value)>;

impl<'e> Evaluator<'e> {
    /// Reads every `variable`, `variables` and `locals` of a file.
    pub(super) fn declare(&mut self, body: &Body<'_>, given: &Given) {
        let mut declared: BTreeMap<String, Span> = BTreeMap::new();
        for block in body.blocks() {
            match block.name.text {
                "variable" => {
                    let Some(label) = block.labels.first() else { continue };
                    let span = self.span(label.span);
                    if self.is_new(&label.text, span, &mut declared) {
                        let value = self.variable_block(block, &label.text, span, given);
                        self.variables.insert(label.text.clone().into_owned(), value);
                    }
                }
                "variables" => {
                    for attribute in block.body.attributes() {
                        let (name, span) = (attribute.name.text, self.span(attribute.name.span));
                        if self.is_new(name, span, &mut declared) {
                            let value = match given.get(name) {
                                Some((_, value)) => Some(value.clone()),
                                None => self.eval(&attribute.value),
                            };
                            self.variables.insert(name.to_owned(), value);
                        }
                    }
                }
                _ => {}
            }
        }
        self.locals(body);
    }

    fn is_new(&mut self, name: &str, span: Span, declared: &mut BTreeMap<String, Span>) -> bool {
        match declared.get(name) {
            Some(first) => {
                self.sink.push(duplicate_name(name, *first, span));
                false
            }
            None => {
                declared.insert(name.to_owned(), span);
                true
            }
        }
    }

    /// Reports what stands in a block and is none of these names.
    pub(super) fn knows_all(&mut self, block: &Block<'_>, known: &[&str]) -> bool {
        let attributes = block.body.attributes().map(|it| it.name);
        let names = attributes.chain(block.body.blocks().map(|it| it.name));
        let mut fine = true;
        for name in names.filter(|name| !known.contains(&name.text)) {
            let diagnostic = unknown_name::not_one_of(name.text, self.span(name.span), block.name.text, known);
            self.sink.push(diagnostic);
            fine = false;
        }
        fine
    }

    fn variable_block(&mut self, block: &Block<'_>, name: &str, span: Span, given: &Given) -> Option<Value> {
        if !self.knows_all(block, &["default", "description", "type", "validation"]) {
            return None;
        }
        let find = |wanted: &str| block.body.attributes().find(|it| it.name.text == wanted).map(|it| &it.value);
        let shape = match find("type") {
            Some(shape) => Shape::read(shape, self)?,
            None => Shape::Any,
        };
        let value = match (given.get(name), find("default")) {
            (Some((_, value)), _) => value.clone(),
            (None, Some(default)) => self.eval(default)?,
            (None, None) => {
                self.sink.push(unset_variable::unset_variable(name, span));
                return None;
            }
        };
        if super::is_variable(&value) {
            return Some(value);
        }
        let value = match convert::to(value, &shape) {
            Ok(value) => value,
            Err(wrong) => {
                let message = format!("the variable `{name}`: {}", wrong.value);
                let declared = find("type").map_or(span, |shape| self.span(shape.span));
                self.sink.push(bad_expression::bad_expression(message, wrong.span).also(declared, "its type"));
                return None;
            }
        };
        self.variables.insert(name.to_owned(), Some(value.clone()));
        for rule in block.body.blocks().filter(|rule| rule.name.text == "validation") {
            self.validate(rule, name, value.span)?;
        }
        Some(value)
    }

    fn validate(&mut self, rule: &Block<'_>, name: &str, place: Span) -> Option<()> {
        let find = |wanted: &str| rule.body.attributes().find(|it| it.name.text == wanted).map(|it| &it.value);
        let condition = find("condition")?;
        if self.truth(condition)? {
            return Some(());
        }
        let message = find("error_message").and_then(|message| self.text_of(message)).unwrap_or_default();
        self.sink.push(unset_variable::not_valid(name, &message, place, self.span(condition.span)));
        None
    }

    /// Evaluates the locals, each after those that it needs.
    fn locals(&mut self, body: &Body<'_>) {
        let mut locals: BTreeMap<&str, &Attribute<'_>> = BTreeMap::new();
        for attribute in
            body.blocks().filter(|block| block.name.text == "locals").flat_map(|block| block.body.attributes())
        {
            match locals.get(attribute.name.text) {
                Some(first) => {
                    let (first, second) = (self.span(first.name.span), self.span(attribute.name.span));
                    self.sink.push(duplicate_name(attribute.name.text, first, second));
                }
                None => {
                    locals.insert(attribute.name.text, attribute);
                }
            }
        }
        let mut open: Vec<&str> = Vec::new();
        for name in locals.keys() {
            self.local(name, &locals, &mut open);
        }
    }

    fn local<'l>(&mut self, name: &'l str, locals: &BTreeMap<&'l str, &'l Attribute<'l>>, open: &mut Vec<&'l str>) {
        if self.locals.contains_key(name) {
            return;
        }
        let Some(attribute) = locals.get(name) else { return };
        if let Some(at) = open.iter().position(|known| *known == name) {
            let names: Vec<(&str, Span)> =
                open[at..].iter().map(|name| (*name, self.span(locals[name].name.span))).collect();
            if let Some(diagnostic) = local_cycle::local_cycle(&names) {
                self.sink.push(diagnostic);
            }
            for (name, _) in names {
                self.locals.insert(name.to_owned(), None);
            }
            return;
        }
        open.push(name);
        for needed in needed(&attribute.value) {
            self.local(needed, locals, open);
        }
        open.pop();
        if !self.locals.contains_key(name) {
            let value = self.eval(&attribute.value);
            self.locals.insert(name.to_owned(), value);
        }
    }
}

/// The locals that an expression refers to.
fn needed<'t>(expr: &Expr<'t>) -> Vec<&'t str> {
    let mut names = Vec::new();
    expr.visit(&mut |expr| {
        if let ExprKind::Attr(of, name) = &expr.kind
            && matches!(of.kind, ExprKind::Variable("local"))
        {
            names.push(name.text);
        }
    });
    names
}

/// The values that a file of variables gives, with their names' places. Nomad evaluates nothing in such a file.
pub(super) fn given(body: &Body<'_>, evaluator: &mut Evaluator<'_>) -> Vec<(Spanned<String>, Value)> {
    let mut values = Vec::new();
    for block in body.blocks() {
        let message = format!("a file of values has names and values, and no block such as `{}`", block.name.text);
        evaluator.sink.push(bad_expression::bad_expression(message, evaluator.span(block.head)));
    }
    for attribute in body.attributes() {
        let mut computed = None;
        attribute.value.visit(&mut |expr| {
            if let ExprKind::Call { .. } | ExprKind::Variable(_) = &expr.kind {
                computed.get_or_insert(expr.span);
            }
        });
        if let Some(span) = computed {
            let message = "a file of values has no functions and no references";
            let help = "write the value itself, or compute it in the job file: `locals { … }`";
            evaluator.sink.push(bad_expression::bad_expression(message, evaluator.span(span)).help(help));
            continue;
        }
        let name = Spanned::new(attribute.name.text.to_owned(), evaluator.span(attribute.name.span));
        values.extend(evaluator.eval(&attribute.value).map(|value| (name, value)));
    }
    values
}

/// Whether a value is there and is no null.
pub(super) const fn is_there(value: &Value) -> bool {
    !matches!(value.kind, ValueKind::Null)
}
