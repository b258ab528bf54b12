//! Variables of job files as values of the lab: where one is a plain text or number, manifests name it as `@{name}`.

use super::compare::{Json, canonical};
use super::kdl::{Node, Scalar, kept};
use super::raise::job_type;
use crate::decode::hcl::{self, CLOSE, OPEN, Values};
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::source::{FileId, Source, Sources, Span, World};
use hlmc_hcl::{ExprKind, File};
use std::collections::BTreeMap;

/// A variable that stays one.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    /// What it is in this lab.
    pub(super) value: ValueKind,
    /// What its file says about it.
    pub(super) note: Option<String>,
}

/// The variables of a job file, by name.
pub(super) type Variables = BTreeMap<String, Variable>;

/// What a job file is read with.
pub(super) struct Reading<'r> {
    pub(super) source: &'r Source,
    pub(super) sources: &'r Sources,
    pub(super) file: FileId,
    pub(super) values: &'r Values,
    pub(super) world: &'r dyn World,
}

impl Reading<'_> {
    /// Reads the job, as it is and with its variables in it. What has no value yet gets an empty one, for a person to fill in.
    pub(super) fn job(
        &self,
        tree: &File<'_>,
        templates: &mut Vec<Source>,
        sink: &mut Sink,
    ) -> Option<(Block, Block, Variables)> {
        let mut values = self.values.clone();
        let mut variables = Variables::new();
        for (name, variable, is_set) in self.declared(tree) {
            if !is_set {
                values.set(&name, Value { kind: variable.value.clone(), span: Span::default() });
            }
            variables.insert(name, variable);
        }
        let read = hcl::job(self.file, &values, self.world, self.sources, sink)?;
        *templates = read.templates;
        let job = read.job?;
        variables.retain(|name, variable| self.with(&[(name, variable)], &values, &job).is_some());
        let all: Vec<(&String, &Variable)> = variables.iter().collect();
        match self.with(&all, &values, &job) {
            Some(marked) => Some((job, marked, variables)),
            None => Some((job.clone(), job, Variables::new())),
        }
    }

    /// The variables that have a plain value, and whether they have it already.
    fn declared(&self, tree: &File<'_>) -> Vec<(String, Variable, bool)> {
        let mut found = Vec::new();
        for block in tree.body.blocks().filter(|block| block.name.text == "variable") {
            let Some(label) = block.labels.first() else { continue };
            let find = |name: &str| block.body.attributes().find(|it| it.name.text == name).map(|it| &it.value);
            let ty = match find("type").map(|ty| &ty.kind) {
                Some(ExprKind::Variable(name)) => *name,
                _ => "string",
            };
            let given = self.values.given(&self.source.path, &label.text).map(|value| value.kind.clone());
            let default = find("default").and_then(|default| match &default.kind {
                ExprKind::Bool(truth) => Some(ValueKind::Bool(*truth)),
                ExprKind::Number(text) => text.parse().ok().map(ValueKind::Int),
                _ => default.as_text().map(|text| ValueKind::Str(text.into_owned())),
            });
            let is_set = given.is_some() || find("default").is_some();
            let empty = match ty {
                "number" => ValueKind::Int(0),
                "bool" => ValueKind::Bool(false),
                _ => ValueKind::Str(String::new()),
            };
            let Some(value) = given.or(default).or((!is_set).then_some(empty)) else { continue };
            let note = find("description").and_then(|text| text.as_text()).map(|text| text.into_owned());
            let note = if is_set {
                note
            } else {
                Some(note.map_or_else(|| "fill in".into(), |note| format!("fill in: {note}")))
            };
            if matches!(value, ValueKind::Str(_) | ValueKind::Int(_) | ValueKind::Bool(_)) {
                found.push((label.text.clone().into_owned(), Variable { value, note }, is_set));
            }
        }
        found
    }

    /// The job with these variables in it, if that is the same once they are filled in.
    fn with(&self, variables: &[(&String, &Variable)], values: &Values, job: &Block) -> Option<Block> {
        let mut values = values.clone();
        for (name, _) in variables {
            values.set(name, Value::str(format!("{OPEN}{name}{CLOSE}"), Span::default()));
        }
        let mut sink = Sink::default();
        let marked = hcl::job(self.file, &values, self.world, self.sources, &mut sink)?.job?;
        let mut filled = marked.clone();
        let texts: BTreeMap<&str, String> =
            variables.iter().map(|(name, it)| (name.as_str(), text(&it.value))).collect();
        let fits = fill(&mut filled.body, &texts) && !filled.labels.iter().any(|label| label.contains(OPEN));
        let ty = job_type()?;
        let same = loose(canonical(&filled, ty)) == loose(canonical(job, ty));
        (fits && same && !sink.has_errors()).then_some(marked)
    }
}

/// A value as a part of a text.
pub(super) fn text(value: &ValueKind) -> String {
    match value {
        ValueKind::Str(text) => text.clone(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Bool(truth) => truth.to_string(),
        _ => String::new(),
    }
}

/// Fills variables into all texts; says whether manifests could name them in each of their places.
fn fill(body: &mut Body, texts: &BTreeMap<&str, String>) -> bool {
    let mut fits = true;
    for attribute in &mut body.attributes {
        fits &= !attribute.name.contains(OPEN) && fill_value(&mut attribute.value, texts);
    }
    for block in &mut body.blocks {
        fits &= !block.name.contains(OPEN) && !block.labels.iter().any(|label| label.contains(OPEN));
        fits &= fill(&mut block.body, texts);
    }
    fits
}

fn fill_value(value: &mut Value, texts: &BTreeMap<&str, String>) -> bool {
    match &mut value.kind {
        ValueKind::Str(text) if text.contains(OPEN) => {
            // `@@{` would be an `@{` that means itself.
            let fits = !text.contains(&format!("@{OPEN}"));
            *text = replaced(text, |name| texts.get(name).cloned().unwrap_or_default());
            fits
        }
        ValueKind::List(list) => {
            let mut fits = true;
            list.iter_mut().for_each(|value| fits &= fill_value(value, texts));
            fits
        }
        ValueKind::Map(map) => {
            let mut fits = true;
            map.iter_mut().for_each(|(key, value)| fits &= fill_value(value, texts) && !key.contains(OPEN));
            fits
        }
        _ => true,
    }
}

/// A text with something in the place of each variable.
pub(super) fn replaced(text: &str, mut with: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(OPEN) {
        out.push_str(before);
        let Some((name, behind)) = behind.split_once(CLOSE) else { break };
        out.push_str(&with(name));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Single values as texts, since a text that is filled in becomes what is asked for.
fn loose(value: Json) -> Json {
    match value {
        Json::Number(number) => Json::String(number.to_string()),
        Json::Bool(truth) => Json::String(truth.to_string()),
        Json::Array(list) => Json::Array(list.into_iter().map(loose).collect()),
        Json::Object(map) => Json::Object(map.into_iter().map(|(key, value)| (key, loose(value))).collect()),
        other => other,
    }
}

/// Writes the variables in all texts of a node under the names that the lab has for them.
pub(super) fn name(node: &mut Node, keys: &BTreeMap<String, String>) {
    for entry in &mut node.entries {
        if let Scalar::Text(text) = &entry.value
            && text.contains(OPEN)
        {
            let named = replaced(&kept(text), |name| format!("@{{{}}}", keys.get(name).map_or(name, String::as_str)));
            entry.value = Scalar::Filled(named);
        }
    }
    node.children.iter_mut().flatten().for_each(|child| name(child, keys));
}
