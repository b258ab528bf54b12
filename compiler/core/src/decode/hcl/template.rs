//! Texts with expressions in them, and `templatefile`, which reads such a text from a file of the lab.
//!
//! Nomad has no `templatefile`; what reads a job has its text either way.

use super::codes;
use super::eval::Evaluator;
use super::function;
use super::operator;
use crate::decode::syntax::report;
use crate::diagnostic::Sink;
use crate::nomad::form::{Value, ValueKind};
use crate::source::{FileId, Source, Span};
use hlmc_hcl::{Expr, ForPart, Name, Part, Template};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Evaluator<'_> {
    /// The value of a text.
    pub(super) fn template(&mut self, template: &Template<'_>, span: Span) -> Option<Value> {
        let kind = match template.parts.as_slice() {
            [Part::Value(expr)] => self.eval(expr)?.kind,
            [Part::Text(text, _)] => ValueKind::Str(text.clone().into_owned()),
            parts => {
                let mut text = String::new();
                self.parts(parts, &mut text)?;
                ValueKind::Str(text)
            }
        };
        Some(Value { kind, span })
    }

    fn parts(&mut self, parts: &[Part<'_>], out: &mut String) -> Option<()> {
        let mut fine = Some(());
        for part in parts {
            let done = match part {
                Part::Text(text, _) => {
                    out.push_str(text);
                    Some(())
                }
                Part::Value(expr) => self.text_of(expr).map(|text| out.push_str(&text)),
                Part::If(condition, yes, no) => match self.truth(condition) {
                    Some(true) => self.parts(yes, out),
                    Some(false) => self.parts(no, out),
                    None => None,
                },
                Part::For(each) => self.repeated(each, out),
            };
            fine = fine.and(done);
        }
        fine
    }

    fn repeated(&mut self, each: &ForPart<'_>, out: &mut String) -> Option<()> {
        for (key, value) in self.elements(&each.collection)? {
            let depth = self.bind(each.index, key, each.element, value);
            let done = self.parts(&each.body, out);
            self.names.truncate(depth);
            done?;
        }
        Some(())
    }

    /// `templatefile(path, { name = value })`: the text of a file, in which these names can be used.
    pub(super) fn templatefile(&mut self, name: Name<'_>, arguments: &[Expr<'_>], span: Span) -> Option<ValueKind> {
        let [path, given] = arguments else {
            return self.report(span, "`templatefile` takes a path and a map of what the template is given");
        };
        if self.is_template {
            return self.report(self.span(name.span), "a template can't read another one");
        }
        let (path, given) = (self.eval(path), self.eval(given));
        let (path, given) = (path?, given?);
        let ValueKind::Map(given) = given.kind else {
            let found = operator::name(&given.kind);
            return self.report(given.span, format!("a template is given a map of names and values, not {found}"));
        };
        let (path, text) = match function::template_text(&path, self.world, self.folder) {
            Ok(found) => found,
            Err(wrong) => return self.report(path.span, format!("`templatefile`: {wrong}")),
        };
        let text: Arc<str> = text.into();
        let names = given.into_iter().map(|(name, value)| (name.value, value)).collect();
        Some(self.filled(path, &text, names, span))
    }

    /// What a template gives; its own text where something in it is wrong, which is reported there.
    fn filled(&mut self, path: String, text: &Arc<str>, names: Vec<(String, Value)>, call: Span) -> ValueKind {
        let file = self.template_id(path, text);
        let parse = hlmc_hcl::template(text);
        let mut found = Sink::default();
        report(&parse.errors, codes::syntax::code, file, &mut found);
        let mut inner = Evaluator {
            file,
            text,
            world: self.world,
            folder: self.folder,
            variables: BTreeMap::new(),
            locals: BTreeMap::new(),
            names,
            is_template: true,
            sources: self.sources,
            templates: Vec::new(),
            sink: &mut found,
        };
        let value = if parse.errors.is_empty() { inner.template(&parse.template, call) } else { None };
        for diagnostic in found.into_sorted() {
            self.sink.push(diagnostic.also(call, "the template is read here"));
        }
        value.map_or_else(|| ValueKind::Str(text.to_string()), |value| value.kind)
    }

    /// The id that a template's text has once all files are read.
    fn template_id(&mut self, path: String, text: &Arc<str>) -> FileId {
        let mut known = self.sources.iter().map(|(_, source)| source).chain(&self.templates);
        let at = known.position(|source| *source.path == *path).unwrap_or_else(|| {
            self.templates.push(Source { path: path.into(), text: Arc::clone(text) });
            self.sources.iter().count() + self.templates.len() - 1
        });
        FileId(u32::try_from(at).unwrap_or(u32::MAX))
    }
}
