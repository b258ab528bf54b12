//! Single values: texts, numbers, truth values, and what annotations make of texts.

use super::Decoder;
use super::codes::{not_allowed_value, unknown_annotation, wrong_type};
use super::value::Want;
use crate::nomad::form::{Tag, Value, ValueKind};
use crate::nomad::schema::Type;
use crate::source::{Span, Spanned};
use hlmc_syntax::{EntryRef, Ident, Value as Written};

/// What opens a parameter, whose value is known later: a text with one is taken for any type and
/// [settled](super::settle) when it is filled in.
const PARAMETER: &str = "@{";

impl Decoder<'_> {
    pub(super) fn scalar(&mut self, entry: EntryRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let span = self.span(entry.value_span());
        let kind = match entry.ty() {
            Some(annotation) => self.tagged(entry, annotation, want),
            None => self.plain(entry, want, span),
        };
        kind.map(|kind| Value { kind, span })
    }

    fn plain(&mut self, entry: EntryRef<'_, '_>, want: Want<'_>, span: Span) -> Option<ValueKind> {
        match (want.ty, entry.value()) {
            (Type::Str | Type::Any, Written::String(text)) => self.text(text, want, span),
            (_, Written::String(text)) if text.contains(PARAMETER) => Some(ValueKind::Str(text.to_string())),
            (Type::Int | Type::Any | Type::Megabytes, Written::Integer(number)) => {
                let small = i64::try_from(*number).ok().map(ValueKind::Int);
                if small.is_none() {
                    self.report(wrong_type::too_large(want.name, entry.text(), span));
                }
                small
            }
            #[allow(clippy::cast_precision_loss)] // a number with a fraction is asked for
            (Type::Float, Written::Integer(number)) => Some(ValueKind::Float(*number as f64)),
            (Type::Float | Type::Any, Written::Float(number)) if number.is_finite() => Some(ValueKind::Float(*number)),
            (Type::Bool | Type::Any, Written::Bool(truth)) => Some(ValueKind::Bool(*truth)),
            (Type::Any, Written::Null) => Some(ValueKind::Null),
            (Type::Duration | Type::Time, Written::String(_) | Written::Integer(_)) => self.time(entry, want, span),
            (Type::Megabytes | Type::Size, Written::String(_) | Written::Integer(_)) => self.size(entry, want, span),
            (ty, value) => {
                self.report(wrong_type::wrong_type(want.name, ty, value, entry.text(), span));
                None
            }
        }
    }

    fn text(&mut self, text: &str, want: Want<'_>, span: Span) -> Option<ValueKind> {
        if !want.one_of.is_empty() && !want.one_of.contains(&text) && !text.contains(PARAMETER) {
            self.report(not_allowed_value::not_allowed_value(want.name, text, want.one_of, span));
            return None;
        }
        Some(ValueKind::Str(text.to_owned()))
    }

    fn tagged(&mut self, entry: EntryRef<'_, '_>, annotation: Ident<'_>, want: Want<'_>) -> Option<ValueKind> {
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
        match (want.ty, entry.value()) {
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
