//! What the tables say of a job as a whole: what was merged over it, or generated from a word that no table limits, has to keep to them too.

use super::wrong;
use crate::decode::codes::{missing_attribute, not_allowed_value, out_of_range, unknown_annotation};
use crate::decode::units::nanoseconds;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Value, ValueKind};
use crate::nomad::hcl::is_identifier;
use crate::nomad::schema::{AttributeType, BlockType, Type};
use crate::source::Span;
use std::borrow::Cow;

/// Reports what the table of a block, and those of all in it, don't allow.
pub(super) fn check(block: &Block, ty: &'static BlockType, sink: &mut Sink) {
    annotated(block, sink);
    inside(block, ty, sink);
}

/// Reports annotated texts, which only the `env` of a task can have: there they are templates by now.
fn annotated(block: &Block, sink: &mut Sink) {
    for attribute in &block.body.attributes {
        annotated_in(&attribute.name, &attribute.value, sink);
    }
    for inner in &block.body.blocks {
        annotated(inner, sink);
    }
}

fn annotated_in(name: &str, value: &Value, sink: &mut Sink) {
    match &value.kind {
        ValueKind::Tagged(tag, _) => sink.push(unknown_annotation::outside_env(name, tag.span)),
        ValueKind::List(list) => list.iter().for_each(|value| annotated_in(name, value, sink)),
        ValueKind::Map(map) => map.iter().for_each(|(_, value)| annotated_in(name, value, sink)),
        _ => {}
    }
}

/// What a table says of the values in a block, and of the blocks in it.
fn inside(block: &Block, ty: &'static BlockType, sink: &mut Sink) {
    for attribute in ty.required() {
        if block.body.attribute(attribute.name).is_none() {
            sink.push(missing_attribute::missing_attribute(ty.name, attribute, block.span));
        }
    }
    for known in ty.limited() {
        if let Some(attribute) = block.body.attribute(known.name) {
            value(known, &attribute.value, sink);
        }
    }
    if !ty.as_attribute {
        // Names that no manifest has written are the tables' own.
        let written = block.body.attributes.iter().filter(|attribute| matches!(attribute.name, Cow::Owned(_)));
        written.filter(|it| ty.attribute(&it.name).is_none()).for_each(|it| name(ty, &it.name, it.name_span, sink));
    }
    for inner in &block.body.blocks {
        if let Some(ty) = ty.block(&inner.name) {
            // What Nomad passes on unread, it reads by names: of none it makes `${""}`.
            if let Some(label) = inner.labels.iter().find(|label| ty.open.is_some() && label.value.is_empty()) {
                let expected = format!("a name that `{}` can have", ty.name);
                sink.push(wrong("", &expected, label.span, "give it one"));
            }
            inside(inner, ty, sink);
        } else {
            name(ty, &inner.name, inner.span, sink);
        }
    }
}

/// A name that no table knows stands in a block as it is.
fn name(ty: &BlockType, name: &str, span: Span, sink: &mut Sink) {
    if !ty.as_attribute && !is_identifier(name) {
        let expected = format!("a name that `{}` can have: letters, digits, `_` and `-`", ty.name);
        sink.push(wrong(name, &expected, span, "rename it"));
    }
}

fn value(attribute: &AttributeType, value: &Value, sink: &mut Sink) {
    let number = match &value.kind {
        ValueKind::Str(text) if !attribute.one_of.is_empty() && !attribute.one_of.contains(&text.as_str()) => {
            sink.push(not_allowed_value::not_allowed_value(attribute.name, text, attribute.one_of, value.span));
            return;
        }
        _ if attribute.least.is_none() && attribute.most.is_none() => return,
        ValueKind::Str(text) if matches!(attribute.ty, Type::Duration | Type::Time) => nanoseconds(text).ok(),
        ValueKind::Int(number) => Some(*number),
        _ => None,
    };
    if let (Some(number), Some(least)) = (number, attribute.least)
        && number < least
    {
        sink.push(out_of_range::too_small(attribute.name, attribute.ty, least, value.span));
    }
    if let (Some(number), Some(most)) = (number, attribute.most)
        && number > most
    {
        sink.push(out_of_range::too_large(attribute.name, attribute.ty, most, value.span));
    }
}
