//! Single values: texts, numbers, truth values, and what annotations make of texts.

use super::Decoder;
use super::codes::{not_allowed_value, unknown_annotation, wrong_type};
use super::parameters::Filled;
use super::value::Want;
use crate::nomad::form::{Tag, Value, ValueKind};
use crate::nomad::schema::Type;
use crate::source::{Span, Spanned};
use hlmc_syntax::{EntryRef, Ident, Value as Written};

impl Decoder<'_> {
    pub(super) fn scalar(&mut self, entry: EntryRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let span = self.span(entry.value_span());
        let filled = match entry.value() {
            Written::String(text) if text.contains("@{") => self.parameters.fill(text, span, self.sink)?,
            written => {
                let kind = match entry.ty() {
                    Some(annotation) => self.tagged(written, annotation, want),
                    None => self.plain(written, entry.text(), want, span),
                };
                return kind.map(|kind| Value { kind, span });
            }
        };
        let (written, raw) = match filled {
            Filled::Value(ValueKind::Tagged(tag, text)) if matches!(want.ty, Type::Str | Type::Any) => {
                return Some(Value { kind: ValueKind::Tagged(tag, text), span });
            }
            Filled::Value(kind) => written(&kind),
            Filled::Text(text) => (Written::String(text.clone()), text.into_owned()),
        };
        let kind = match entry.ty() {
            Some(annotation) => self.tagged(&written, annotation, want),
            None => self.plain(&written, &raw, want, span),
        };
        kind.map(|kind| Value { kind, span })
    }

    fn plain(&mut self, written: &Written<'_>, raw: &str, want: Want<'_>, span: Span) -> Option<ValueKind> {
        match (want.ty, written) {
            (Type::Str | Type::Any, Written::String(text)) => self.text(text, want, span),
            (Type::Int | Type::Any | Type::Megabytes, Written::Integer(number)) => {
                let small = i64::try_from(*number).ok().map(ValueKind::Int);
                if small.is_none() {
                    self.report(wrong_type::too_large(want.name, raw, span));
                }
                small
            }
            #[allow(clippy::cast_precision_loss)] // a number with a fraction is asked for
            (Type::Float, Written::Integer(number)) => Some(ValueKind::Float(*number as f64)),
            (Type::Float | Type::Any, Written::Float(number)) if number.is_finite() => Some(ValueKind::Float(*number)),
            (Type::Bool | Type::Any, Written::Bool(truth)) => Some(ValueKind::Bool(*truth)),
            (Type::Any, Written::Null) => Some(ValueKind::Null),
            (Type::Duration | Type::Time, Written::String(_) | Written::Integer(_)) => {
                self.time(written, raw, want, span)
            }
            (Type::Megabytes | Type::Size, Written::String(_) | Written::Integer(_)) => {
                self.size(written, raw, want, span)
            }
            (ty, value) => {
                self.report(wrong_type::wrong_type(want.name, ty, value, raw, span));
                None
            }
        }
    }

    fn text(&mut self, text: &str, want: Want<'_>, span: Span) -> Option<ValueKind> {
        if !want.one_of.is_empty() && !want.one_of.contains(&text) {
            self.report(not_allowed_value::not_allowed_value(want.name, text, want.one_of, span));
            return None;
        }
        Some(ValueKind::Str(text.to_owned()))
    }

    fn tagged(&mut self, written: &Written<'_>, annotation: Ident<'_>, want: Want<'_>) -> Option<ValueKind> {
        let span = self.span(annotation.span);
        let tag = match annotation.text {
            "secret" => Tag::Secret,
            "address" => Tag::Address,
            "host" => Tag::Host,
            "port" => Tag::Port,
            "url" => Tag::Url,
            other => {
                self.report(unknown_annotation::unknown_annotation(other, span));
                return None;
            }
        };
        match (want.ty, written) {
            (Type::Str | Type::Any, Written::String(text)) => {
                Some(ValueKind::Tagged(Spanned::new(tag, span), text.to_string()))
            }
            _ => {
                self.report(unknown_annotation::misplaced_annotation(want.name, annotation.text, span));
                None
            }
        }
    }
}

/// A parameter's value as if it stood in the text, and how it would be spelled.
fn written(kind: &ValueKind) -> (Written<'static>, String) {
    match kind {
        ValueKind::Int(number) => (Written::Integer(i128::from(*number)), number.to_string()),
        ValueKind::Float(number) => (Written::Float(*number), number.to_string()),
        ValueKind::Bool(truth) => (Written::Bool(*truth), format!("#{truth}")),
        ValueKind::Str(text) | ValueKind::Tagged(_, text) => (Written::String(text.clone().into()), text.clone()),
        _ => (Written::Null, "#null".to_owned()),
    }
}
