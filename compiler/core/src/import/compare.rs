//! Whether two jobs are the same to Nomad: in a form in which what it can't tell apart is equal.

use crate::decode::scope::Scope;
use crate::decode::{ANYTHING, LANGUAGES, units};
use crate::lower::OWNER;
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::nomad::schema::{BlockType, By, Type};
pub(super) use serde_json::Value as Json;
use serde_json::{Map, Number};

/// What Nomad's API has no place for in which it could be left out: the same as if nobody had written it.
const NOTHING: [(&str, &str, &str); 9] = [
    ("affinity", "operator", "="),
    ("check", "expose", "false"),
    ("check", "tls_skip_verify", "false"),
    ("constraint", "operator", "="),
    ("lifecycle", "sidecar", "false"),
    ("service", "enable_tag_override", "false"),
    ("task", "leader", "false"),
    ("volume", "per_alloc", "false"),
    ("volume", "read_only", "false"),
];

/// The tables of a body, and whether Nomad hands on what stands there without reading it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    scope: Scope,
    handed_on: bool,
    name: &'static str,
}

impl Place {
    /// The body of a block of this type.
    pub(super) fn of(ty: &'static BlockType) -> Self {
        Self { scope: Scope::chosen(ty, |_| None, LANGUAGES), handed_on: false, name: ty.name }
    }

    /// The type of a block here, where a table knows it.
    pub(super) fn block(&self, name: &str) -> Option<&'static BlockType> {
        self.scope.block(name)
    }

    /// The body of a block here.
    pub(super) fn within(&self, block: &Block, outer: &Body) -> Self {
        let Some(ty) = self.scope.block(&block.name) else {
            return Self { scope: Scope::of(&ANYTHING), handed_on: true, name: "" };
        };
        let text = |by| match by {
            By::Attribute(name) => outer.str(name).map(|text| text.value.to_owned()),
            By::Label => block.label().map(|label| label.value.clone()),
            By::ParentLabel => None,
        };
        let scope = Scope::chosen(ty, text, LANGUAGES);
        let handed_on = self.handed_on || ty.body_by.is_some() || scope.open == Some(Type::Any);
        Self { scope, handed_on, name: ty.name }
    }

    /// What an attribute comes to; nothing where it is as if nobody had written it.
    pub(super) fn value(&self, attribute: &Attribute) -> Option<Json> {
        let value = &attribute.value;
        if self.handed_on {
            return Some(json(value));
        }
        let is_nothing = |text: &str| {
            NOTHING
                .iter()
                .any(|(block, name, nothing)| *block == self.name && *name == attribute.name && *nothing == text)
        };
        match &value.kind {
            ValueKind::Null => None,
            ValueKind::Bool(truth) if is_nothing(&truth.to_string()) => None,
            ValueKind::Str(text) if is_nothing(text) => None,
            ValueKind::Str(text) if self.is_time(&attribute.name) => {
                Some(units::nanoseconds(text).map_or_else(|_| json(value), Json::from))
            }
            _ => Some(json(value)),
        }
    }

    fn is_time(&self, name: &str) -> bool {
        self.scope.attribute(name).is_some_and(|known| matches!(known.ty, Type::Duration | Type::Time))
    }
}

/// A job as one value, without the tag that says whose it is.
#[must_use]
pub(super) fn canonical(job: &Block, ty: &'static BlockType) -> Json {
    let mut job = job.clone();
    for meta in job.body.blocks.iter_mut().filter(|block| block.name == "meta") {
        meta.body.attributes.retain(|attribute| attribute.name != OWNER);
    }
    job.body.blocks.retain(|block| block.name != "meta" || !super::nodes::is_empty(&block.body));
    labelled(&job, body(&job.body, Place::of(ty)))
}

/// A block's value below its labels.
pub(super) fn block(block: &Block, outer: &Body, place: Place) -> Json {
    labelled(block, body(&block.body, place.within(block, outer)))
}

fn labelled(block: &Block, value: Json) -> Json {
    block.labels.iter().rev().fold(value, |value, label| Json::Object(Map::from_iter([(label.value.clone(), value)])))
}

fn body(body: &Body, place: Place) -> Json {
    let mut map = Map::new();
    for attribute in &body.attributes {
        if let Some(value) = place.value(attribute) {
            map.insert(attribute.name.to_string(), value);
        }
    }
    for inner in &body.blocks {
        let value = block(inner, body, place);
        match map.entry(inner.name.to_string()).or_insert_with(|| Json::Array(Vec::new())) {
            Json::Array(list) => list.push(value),
            other => *other = Json::Array(vec![other.take(), value]),
        }
    }
    Json::Object(map)
}

/// A value; a number that is whole is the same with and without a point.
fn json(value: &Value) -> Json {
    match &value.kind {
        ValueKind::Null => Json::Null,
        ValueKind::Bool(truth) => Json::Bool(*truth),
        ValueKind::Int(number) => Json::from(*number),
        #[expect(clippy::cast_possible_truncation, reason = "only where nothing is lost")]
        ValueKind::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => Json::from(*number as i64),
        ValueKind::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        ValueKind::Str(text) | ValueKind::Tagged(_, text) | ValueKind::Artifact(text) => Json::String(text.clone()),
        ValueKind::List(list) => Json::Array(list.iter().map(json).collect()),
        ValueKind::Map(map) => Json::Object(map.iter().map(|(key, value)| (key.value.clone(), json(value))).collect()),
    }
}

/// The paths at which two values differ, at most a few.
#[must_use]
pub(super) fn differences(one: &Json, other: &Json) -> Vec<String> {
    let mut found = Vec::new();
    differ(one, other, "job", &mut found);
    found
}

/// More differences than this aren't told.
const MOST: usize = 8;

fn differ(one: &Json, other: &Json, path: &str, found: &mut Vec<String>) {
    if one == other || found.len() >= MOST {
        return;
    }
    match (one, other) {
        (Json::Object(a), Json::Object(b)) => {
            for (key, value) in a {
                differ(value, b.get(key).unwrap_or(&Json::Null), &format!("{path}.{key}"), found);
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                differ(&Json::Null, value, &format!("{path}.{key}"), found);
            }
        }
        (Json::Array(a), Json::Array(b)) if a.len() == b.len() => {
            for (at, (one, other)) in a.iter().zip(b).enumerate() {
                let path = if a.len() > 1 { format!("{path}[{at}]") } else { path.to_owned() };
                differ(one, other, &path, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}
