//! Single values: texts, numbers, truth values, and what annotations make of texts.

use super::Decoder;
use super::codes::{not_allowed_value, out_of_range, unknown_annotation, wrong_type};
use super::parameters::{Filled, may_be_in};
use super::units;
use super::value::Want;
use crate::nomad::form::{Tag, Value, ValueKind};
use crate::nomad::schema::Type;
use crate::source::{Span, Spanned};
use hlmc_syntax::{EntryRef, Ident, Value as Written};

/// A value once its parameters are filled in, and where it is written.
pub(super) struct Given<'v> {
    pub(super) value: &'v Written<'v>,
    entry: EntryRef<'v, 'v>,
    pub(super) span: Span,
}

impl<'v> Given<'v> {
    /// The value as it is written.
    pub(super) fn written(&self) -> &'v str {
        self.entry.text()
    }
}

impl Decoder<'_> {
    pub(super) fn scalar(&mut self, entry: EntryRef<'_, '_>, want: Want<'_>) -> Option<Value> {
        let span = self.span(entry.value_span());
        let new;
        let value = match entry.value() {
            Written::String(text) if may_be_in(text) => {
                let filled = self.parameters.fill(text, span, self.sink)?;
                match (filled, want.ty) {
                    // A secret or a reference stays one when a preset hands it on.
                    (Filled::Value(kind @ ValueKind::Tagged(..)), Type::Str | Type::Any) => {
                        return Some(Value { kind, span });
                    }
                    (filled, _) => new = self.filled(filled, text, want, span)?,
                }
                &new
            }
            Written::Null if entry.ty().is_none() && want.optional && self.may_be_null() => {
                return Some(Value { kind: ValueKind::Null, span });
            }
            value => value,
        };
        let given = Given { value, entry, span };
        let kind = match entry.ty() {
            Some(annotation) => self.tagged(&given, annotation, want),
            None => self.plain(&given, want),
        }?;
        self.is_in_range(&kind, want, span).then_some(Value { kind, span })
    }

    /// Whether `#null` says here that nothing is to be written, not even what hlmc would by itself.
    fn may_be_null(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope.ty.name, "service" | "use" | "defaults"))
    }

    /// Whether a value is within the limits of its attribute; reports it where it isn't.
    fn is_in_range(&mut self, kind: &ValueKind, want: Want<'_>, span: Span) -> bool {
        if want.limits == (None, None) {
            return true;
        }
        let value = match kind {
            ValueKind::Int(number) => Some(*number),
            ValueKind::Str(text) if matches!(want.ty, Type::Duration | Type::Time) => units::nanoseconds(text).ok(),
            _ => None,
        };
        let Some(value) = value else { return true };
        let (least, most) = want.limits;
        if let Some(least) = least.filter(|least| value < *least) {
            self.report(out_of_range::too_small(want.name, want.ty, least, span));
            return false;
        }
        if let Some(most) = most.filter(|most| value > *most) {
            self.report(out_of_range::too_large(want.name, want.ty, most, span));
            return false;
        }
        true
    }

    /// What a filled text is as if it were written there.
    fn filled(&mut self, filled: Filled<'_>, text: &str, want: Want<'_>, span: Span) -> Option<Written<'static>> {
        Some(match filled {
            Filled::Value(ValueKind::Int(number)) if want.ty != Type::Str => Written::Integer(number.into()),
            Filled::Value(ValueKind::Float(number)) if want.ty != Type::Str => Written::Float(number),
            Filled::Value(ValueKind::Bool(truth)) if want.ty != Type::Str => Written::Bool(truth),
            Filled::Value(ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Bool(_)) => {
                Written::String(self.parameters.fill_text(text, span, self.sink)?.into())
            }
            // Null, or of several parts, which no single value is.
            Filled::Value(_) => Written::Null,
            Filled::Text(text) => match (want.ty, text.parse::<i64>(), text.parse::<bool>()) {
                (Type::Int | Type::Megabytes, Ok(number), _) => Written::Integer(number.into()),
                (Type::Bool, _, Ok(truth)) => Written::Bool(truth),
                _ => Written::String(text.into_owned().into()),
            },
        })
    }

    fn plain(&mut self, given: &Given<'_>, want: Want<'_>) -> Option<ValueKind> {
        match (want.ty, given.value) {
            (Type::Str | Type::Any, Written::String(text)) => self.text(text, want, given.span),
            (Type::Int | Type::Any | Type::Megabytes, Written::Integer(number)) => {
                let small = i64::try_from(*number).ok().map(ValueKind::Int);
                if small.is_none() {
                    self.report(wrong_type::too_large(want.name, given.written(), given.span));
                }
                small
            }
            #[allow(clippy::cast_precision_loss)] // a number with a fraction is asked for
            (Type::Float, Written::Integer(number)) => Some(ValueKind::Float(*number as f64)),
            (Type::Float | Type::Any, Written::Float(number)) if number.is_finite() => Some(ValueKind::Float(*number)),
            (Type::Bool | Type::Any, Written::Bool(truth)) => Some(ValueKind::Bool(*truth)),
            (Type::Any, Written::Null) => Some(ValueKind::Null),
            (Type::Duration | Type::Time, Written::String(_) | Written::Integer(_)) => self.time(given, want),
            (Type::Megabytes | Type::Size, Written::String(_) | Written::Integer(_)) => self.size(given, want),
            (ty, value) => {
                // A keyword without its `#` has been reported already.
                if !matches!(given.written(), "true" | "false" | "null") {
                    self.report(wrong_type::wrong_type(want.name, ty, value, given.written(), given.span));
                }
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

    fn tagged(&mut self, given: &Given<'_>, annotation: Ident<'_>, want: Want<'_>) -> Option<ValueKind> {
        let span = self.span(annotation.span);
        let Some(tag) = Tag::named(annotation.text) else {
            self.report(unknown_annotation::unknown_annotation(annotation.text, span));
            return None;
        };
        match (want.ty, given.value) {
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
