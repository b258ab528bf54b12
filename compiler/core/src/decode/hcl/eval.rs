//! From expressions to values, by HCL's rules and with what Nomad adds: a reference that it doesn't know stays as it is, for
//! the program that resolves it later.

use super::codes::{bad_expression, unknown_variable};
use super::convert::{self, Shape};
use super::function;
use super::operator;
use crate::diagnostic::{Sink, nearest};
use crate::nomad::form::{Value, ValueKind};
use crate::source::{FileId, Source, Sources, Span, Spanned, World};
use hlmc_hcl::{Entry, Expr, ExprKind, For, Key, Name, Step};
use std::collections::BTreeMap;

/// First names of references that Nomad would leave as they are, and what is meant.
const MISSPELT: [(&str, &str); 4] = [("locals", "local"), ("variable", "var"), ("variables", "var"), ("vars", "var")];

/// What expressions may refer to and read.
pub(super) struct Evaluator<'e> {
    pub(super) file: FileId,
    /// The text of the file.
    pub(super) text: &'e str,
    /// Where files of the lab are read.
    pub(super) world: &'e dyn World,
    /// The folder of the file, from the lab's.
    pub(super) folder: &'e str,
    /// `var.…`; nothing for one that is in error.
    pub(super) variables: BTreeMap<String, Option<Value>>,
    /// `local.…`; nothing for one that is in error.
    pub(super) locals: BTreeMap<String, Option<Value>>,
    /// Names of `for` and `dynamic`, the innermost last; of a template, what it is given.
    pub(super) names: Vec<(String, Value)>,
    /// Whether this is a template, in which nothing has a name but what it is given.
    pub(super) is_template: bool,
    /// The texts that are known, and behind them those of templates that this file reads.
    pub(super) sources: &'e Sources,
    pub(super) templates: Vec<Source>,
    pub(super) sink: &'e mut Sink,
}

impl Evaluator<'_> {
    pub(super) const fn span(&self, span: hlmc_hcl::Span) -> Span {
        Span::of(self.file, span)
    }

    /// The value of an expression; nothing once what is wrong with it is reported.
    pub(super) fn eval(&mut self, expr: &Expr<'_>) -> Option<Value> {
        let span = self.span(expr.span);
        let kind = match &expr.kind {
            ExprKind::Poison => return None,
            ExprKind::Null => ValueKind::Null,
            ExprKind::Bool(truth) => ValueKind::Bool(*truth),
            ExprKind::Number(text) => operator::number(text),
            ExprKind::Template(template) => return self.template(template, span),
            ExprKind::Tuple(list) => {
                // Every element is read, so that all of their faults are told.
                let list: Vec<Option<Value>> = list.iter().map(|element| self.eval(element)).collect();
                ValueKind::List(list.into_iter().collect::<Option<_>>()?)
            }
            ExprKind::Object(entries) => self.object(entries)?,
            ExprKind::Variable(_) | ExprKind::Attr(..) | ExprKind::Index(..) => return self.reference(expr),
            ExprKind::Splat(of, steps) => self.splat(of, steps)?,
            ExprKind::Call { name, arguments, spread } => self.call(*name, arguments, *spread, span)?,
            ExprKind::Conditional(parts) => self.conditional(parts)?,
            ExprKind::Binary(operator, sides) => self.binary(*operator, sides)?,
            ExprKind::Negate(of) => self.negate(of)?,
            ExprKind::Not(of) => ValueKind::Bool(!self.truth(of)?),
            ExprKind::Parens(of) => self.eval(of)?.kind,
            ExprKind::For(each) => self.each(each)?,
        };
        Some(Value { kind, span })
    }

    pub(super) fn report(&mut self, span: Span, message: impl Into<String>) -> Option<ValueKind> {
        self.sink.push(bad_expression::bad_expression(message, span));
        None
    }

    /// A truth value.
    pub(super) fn truth(&mut self, expr: &Expr<'_>) -> Option<bool> {
        let value = self.eval(expr)?;
        match convert::to(value, &Shape::Bool) {
            Ok(Value { kind: ValueKind::Bool(truth), .. }) => Some(truth),
            _ => {
                self.report(self.span(expr.span), "a truth value is needed here: `true` or `false`");
                None
            }
        }
    }

    /// A text.
    pub(super) fn text_of(&mut self, expr: &Expr<'_>) -> Option<String> {
        let value = self.eval(expr)?;
        match value.kind.to_text() {
            Some(text) => Some(text),
            None => {
                let message = format!("a text is needed here, and this is {}", operator::name(&value.kind));
                let diagnostic = bad_expression::bad_expression(message, self.span(expr.span));
                self.sink.push(match &value.kind {
                    ValueKind::List(_) => diagnostic.help("`join(\", \", list)` makes a text of a list"),
                    ValueKind::Map(_) => diagnostic.help("`jsonencode(map)` makes a text of a map"),
                    _ => diagnostic,
                });
                None
            }
        }
    }

    fn object(&mut self, entries: &[Entry<'_>]) -> Option<ValueKind> {
        let mut map = Entries::default();
        let mut fine = true;
        for entry in entries {
            let key = match &entry.key {
                Key::Name(name) => Some(Spanned::new(name.text.to_owned(), self.span(name.span))),
                Key::Expr(expr) => self.text_of(expr).map(|key| Spanned::new(key, self.span(expr.span))),
            };
            match (key, self.eval(&entry.value)) {
                (Some(key), Some(value)) => map.put(key, value),
                _ => fine = false,
            }
        }
        fine.then_some(ValueKind::Map(map.list))
    }

    fn reference(&mut self, expr: &Expr<'_>) -> Option<Value> {
        let span = self.span(expr.span);
        let root = root(expr);
        if let Some(root) = root
            && !self.knows(root)
            && (is_plain(expr) || self.is_template)
        {
            if self.is_template {
                let known = self.names.iter().map(|(name, _)| name.as_str());
                self.sink.push(unknown_variable::not_given(root, span, known));
                return None;
            }
            if let Some((_, meant)) = MISSPELT.iter().find(|(wrong, _)| *wrong == root) {
                self.sink.push(unknown_variable::misspelt_root(root, meant, span));
                return None;
            }
            if let Some(near) = self.meant(root, expr) {
                let end = span.start + u32::try_from(root.len()).unwrap_or(0);
                self.sink.push(unknown_variable::misspelt_name(root, near, Span { end, ..span }));
                return None;
            }
            return Some(Value { kind: ValueKind::Str(operator::later(self.text, expr.span)), span });
        }
        let kind = match &expr.kind {
            ExprKind::Variable(name) => self.variable(name, span)?,
            ExprKind::Attr(of, name) => match self.scoped(of, *name) {
                Some(found) => found?.kind,
                None => {
                    let of = self.eval(of)?;
                    self.member(&of, name.text, self.span(name.span))?
                }
            },
            ExprKind::Index(of, key) => {
                let of = self.eval(of)?;
                let key = self.eval(key)?;
                self.index(&of, &key)?
            }
            _ => return None,
        };
        Some(Value { kind, span })
    }

    /// What is near to a name that is none of the file's own, and none that Nomad fills in: `var` and `local` where
    /// something of them is meant, and what a `for` goes through. A name alone may be a variable of the task's environment.
    fn meant(&self, root: &str, expr: &Expr<'_>) -> Option<&str> {
        let later = matches!(root, "attr" | "device" | "env" | "meta" | "node") || root.starts_with("NOMAD_");
        if later || !root.contains(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let alone = matches!(expr.kind, ExprKind::Variable(_));
        let roots = ["var", "local"].into_iter().filter(|_| !alone);
        nearest(root, roots.chain(self.names.iter().map(|(name, _)| name.as_str())))
    }

    /// Whether a name is one of the file's own, and not one for later.
    fn knows(&self, root: &str) -> bool {
        !self.is_template && matches!(root, "var" | "local") || self.names.iter().any(|(name, _)| name == root)
    }

    fn variable(&mut self, name: &str, span: Span) -> Option<ValueKind> {
        if let Some((_, value)) = self.names.iter().rev().find(|(known, _)| known == name) {
            return Some(value.kind.clone());
        }
        let values = match name {
            "var" => &self.variables,
            _ => &self.locals,
        };
        let map = values.iter().map(|(name, value)| Some((Spanned::new(name.clone(), span), value.clone()?)));
        Some(ValueKind::Map(map.collect::<Option<_>>()?))
    }

    /// `var.name` and `local.name`; nothing where it is neither.
    fn scoped(&mut self, of: &Expr<'_>, name: Name<'_>) -> Option<Option<Value>> {
        let ExprKind::Variable(root @ ("var" | "local")) = of.kind else { return None };
        if self.names.iter().any(|(known, _)| known == root) {
            return None;
        }
        let values = if root == "var" { &self.variables } else { &self.locals };
        if let Some(value) = values.get(name.text) {
            return Some(value.clone());
        }
        let span = self.span(name.span);
        let known = values.keys().map(String::as_str);
        self.sink.push(unknown_variable::unknown_variable(root, name.text, span, known));
        Some(None)
    }

    fn member(&mut self, of: &Value, name: &str, span: Span) -> Option<ValueKind> {
        match &of.kind {
            ValueKind::Map(map) => match map.iter().find(|(key, _)| key.value == name) {
                Some((_, value)) => Some(value.kind.clone()),
                None => {
                    let known = map.iter().map(|(key, _)| key.as_str());
                    self.sink.push(unknown_variable::unknown_member(name, span, known));
                    None
                }
            },
            other => {
                let found = operator::name(other);
                self.report(span, format!("{found} has no `{name}`: only maps have names"))
            }
        }
    }

    fn index(&mut self, of: &Value, key: &Value) -> Option<ValueKind> {
        match (&of.kind, &key.kind) {
            (ValueKind::List(list), key_kind) => {
                let at = operator::whole(key_kind);
                match at.and_then(|at| usize::try_from(at).ok()).and_then(|at| list.get(at)) {
                    Some(value) => Some(value.kind.clone()),
                    None => {
                        let message = match at {
                            Some(at) => format!("there is no element {at}: the list has {}", list.len()),
                            None => {
                                format!("an element is chosen by a whole number, not by {}", operator::name(key_kind))
                            }
                        };
                        self.report(key.span, message)
                    }
                }
            }
            (ValueKind::Map(_), key_kind) => match key_kind.to_text() {
                Some(name) => self.member(of, &name, key.span),
                None => {
                    self.report(key.span, format!("an entry is chosen by a text, not by {}", operator::name(key_kind)))
                }
            },
            (other, _) => {
                let found = operator::name(other);
                self.report(of.span, format!("{found} has no elements: only lists and maps have"))
            }
        }
    }

    fn splat(&mut self, of: &Expr<'_>, steps: &[Step<'_>]) -> Option<ValueKind> {
        let of = self.eval(of)?;
        let list = match of.kind {
            ValueKind::List(list) => list,
            ValueKind::Null => Vec::new(),
            _ => vec![of],
        };
        let mut out = Vec::with_capacity(list.len());
        for mut value in list {
            for step in steps {
                let kind = match step {
                    Step::Attr(name) => self.member(&value, name.text, self.span(name.span))?,
                    Step::Index(key) => {
                        let key = self.eval(key)?;
                        self.index(&value, &key)?
                    }
                };
                value.kind = kind;
            }
            out.push(value);
        }
        Some(ValueKind::List(out))
    }

    fn call(&mut self, name: Name<'_>, arguments: &[Expr<'_>], spread: bool, span: Span) -> Option<ValueKind> {
        match name.text {
            "try" => return self.first_that_works(arguments, span),
            "can" => {
                let can = arguments.first().is_some_and(|argument| self.quietly(argument).is_some());
                return Some(ValueKind::Bool(can));
            }
            "convert" => return self.convert(arguments, span),
            "templatefile" => return self.templatefile(name, arguments, span),
            _ => {}
        }
        let values: Vec<Option<Value>> = arguments.iter().map(|argument| self.eval(argument)).collect();
        let mut values: Vec<Value> = values.into_iter().collect::<Option<_>>()?;
        if spread && let Some(last) = values.pop() {
            match last.kind {
                ValueKind::List(list) => values.extend(list),
                other => {
                    return self.report(last.span, format!("`...` takes a list apart, not {}", operator::name(&other)));
                }
            }
        }
        let call = function::Call { world: self.world, folder: self.folder, name: self.span(name.span), span };
        match function::call(name.text, &values, &call) {
            Ok(kind) => Some(kind),
            Err(diagnostic) => {
                self.sink.push(*diagnostic);
                None
            }
        }
    }

    /// The value of an expression, without a word about what is wrong with it.
    pub(super) fn quietly(&mut self, expr: &Expr<'_>) -> Option<Value> {
        let kept = std::mem::take(self.sink);
        let value = self.eval(expr);
        *self.sink = kept;
        value
    }

    fn first_that_works(&mut self, arguments: &[Expr<'_>], span: Span) -> Option<ValueKind> {
        for argument in arguments {
            if let Some(value) = self.quietly(argument) {
                return Some(value.kind);
            }
        }
        self.report(span, "none of the expressions that are tried can be evaluated")
    }

    fn convert(&mut self, arguments: &[Expr<'_>], span: Span) -> Option<ValueKind> {
        let [value, shape] = arguments else {
            return self.report(span, "`convert` takes a value and a type");
        };
        let value = self.eval(value)?;
        let shape = Shape::read(shape, self)?;
        match convert::to(value, &shape) {
            Ok(value) => Some(value.kind),
            Err(wrong) => self.report(wrong.span, wrong.value),
        }
    }

    fn conditional(&mut self, [condition, yes, no]: &[Expr<'_>; 3]) -> Option<ValueKind> {
        let chosen = self.truth(condition)?;
        let (this, that) = if chosen { (yes, no) } else { (no, yes) };
        let value = self.eval(this)?.kind;
        // Both sides have one type: a number becomes a text where the other side is one.
        let other = self.quietly(that).map(|value| value.kind);
        Some(match (&value, other) {
            (ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Bool(_), Some(ValueKind::Str(_))) => {
                ValueKind::Str(value.to_text()?)
            }
            _ => value,
        })
    }

    fn binary(&mut self, operator: hlmc_hcl::Operator, [left, right]: &[Expr<'_>; 2]) -> Option<ValueKind> {
        let (a, b) = (self.eval(left), self.eval(right));
        let (a, b) = (a?, b?);
        match operator::binary(operator, &a, &b) {
            Ok(kind) => Some(kind),
            Err(wrong) => self.report(wrong.span, wrong.value),
        }
    }

    fn negate(&mut self, of: &Expr<'_>) -> Option<ValueKind> {
        let value = self.eval(of)?;
        match operator::negated(&value) {
            Some(kind) => Some(kind),
            None => self.report(value.span, format!("`-` needs a number, and this is {}", operator::name(&value.kind))),
        }
    }

    /// The elements of a list with their places, or the entries of a map by their keys.
    pub(super) fn elements(&mut self, collection: &Expr<'_>) -> Option<Vec<(Value, Value)>> {
        let value = self.eval(collection)?;
        match operator::elements(value) {
            Ok(elements) => Some(elements),
            Err(other) => {
                let found = operator::name(&other.kind);
                self.report(
                    self.span(collection.span),
                    format!("only lists and maps can be gone through, not {found}"),
                );
                None
            }
        }
    }

    /// Gives the names of a `for` their values; returns how many names there were before.
    pub(super) fn bind(&mut self, index: Option<Name<'_>>, key: Value, element: Name<'_>, value: Value) -> usize {
        let depth = self.names.len();
        self.names.extend(index.map(|index| (index.text.to_owned(), key)));
        self.names.push((element.text.to_owned(), value));
        depth
    }

    fn each(&mut self, each: &For<'_>) -> Option<ValueKind> {
        let mut list = Vec::new();
        let mut map = Entries::default();
        for (key, value) in self.elements(&each.collection)? {
            let depth = self.bind(each.index, key, each.element, value);
            let done = self.one(each, &mut list, &mut map);
            self.names.truncate(depth);
            done?;
        }
        Some(if each.key.is_some() { ValueKind::Map(map.list) } else { ValueKind::List(list) })
    }

    fn one(&mut self, each: &For<'_>, list: &mut Vec<Value>, map: &mut Entries) -> Option<()> {
        if let Some(condition) = &each.condition
            && !self.truth(condition)?
        {
            return Some(());
        }
        let Some(key) = &each.key else {
            list.push(self.eval(&each.value)?);
            return Some(());
        };
        let name = Spanned::new(self.text_of(key)?, self.span(key.span));
        let value = self.eval(&each.value)?;
        match (map.get_mut(&name.value), each.group) {
            (Some(Value { kind: ValueKind::List(group), .. }), true) => group.push(value),
            (None, true) => {
                let span = value.span;
                map.put(name, Value { kind: ValueKind::List(vec![value]), span });
            }
            (None, false) => map.put(name, value),
            (Some(_), _) => {
                let message = format!(
                    "two elements have the key `{}`: write `…...` behind the value to have a list of them",
                    name.value
                );
                self.report(name.span, message);
                return None;
            }
        }
        Some(())
    }
}

/// The entries of a map that is being made, each key once.
#[derive(Default)]
struct Entries {
    list: Vec<(Spanned<String>, Value)>,
    places: BTreeMap<String, usize>,
}

impl Entries {
    /// Puts an entry into the map, in place of one with the same key.
    fn put(&mut self, key: Spanned<String>, value: Value) {
        match self.places.get(&key.value) {
            Some(at) => self.list[*at] = (key, value),
            None => {
                self.places.insert(key.value.clone(), self.list.len());
                self.list.push((key, value));
            }
        }
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let at = self.places.get(key)?;
        self.list.get_mut(*at).map(|(_, value)| value)
    }
}

/// The first name of a reference.
fn root<'t>(expr: &Expr<'t>) -> Option<&'t str> {
    match &expr.kind {
        ExprKind::Variable(name) => Some(name),
        ExprKind::Attr(of, _) | ExprKind::Index(of, _) => root(of),
        _ => None,
    }
}

/// Whether a reference is nothing but names and plain keys, so that it can be left for later as it stands.
fn is_plain(expr: &Expr<'_>) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Attr(of, _) => is_plain(of),
        ExprKind::Index(of, key) => {
            is_plain(of) && (key.as_text().is_some() || matches!(key.kind, ExprKind::Number(_)))
        }
        _ => false,
    }
}
