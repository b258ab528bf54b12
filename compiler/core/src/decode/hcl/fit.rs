//! Values as the types that attributes have, by the conversions that Nomad makes: a number becomes a text and the other way
//! round, where it is one.

use super::body::Reader;
use super::operator;
use crate::decode::codes::{bad_unit, bare_number, not_allowed_value, wrong_type};
use crate::decode::units::{self, Fault};
use crate::decode::value::Want;
use crate::nomad::form::{Value, ValueKind};
use crate::nomad::schema::Type;
use crate::source::Span;

/// Nobody writes a time of less than a millisecond: Nomad counts bare numbers in nanoseconds.
const SMALLEST: i64 = 1_000_000;

impl Reader<'_, '_> {
    /// A value as what is wanted; nothing once what is wrong with it is reported.
    pub(super) fn fit(&mut self, value: Value, want: Want<'_>) -> Option<Value> {
        let span = value.span;
        if super::is_variable(&value) {
            return Some(value);
        }
        let kind = match (want.ty, value.kind) {
            (Type::Any, kind) => kind,
            (Type::Str, kind) => self.text(kind, want, span)?,
            (Type::Int | Type::Megabytes, kind) => match operator::whole(&kind) {
                Some(number) => ValueKind::Int(number),
                None => return self.wrong(want, &kind, span),
            },
            (Type::Float, kind) => match operator::float(&kind) {
                Some(number) => ValueKind::Float(number),
                None => return self.wrong(want, &kind, span),
            },
            (Type::Bool, kind) => match kind.to_text().as_deref() {
                Some("true") => ValueKind::Bool(true),
                Some("false") => ValueKind::Bool(false),
                _ => return self.wrong(want, &kind, span),
            },
            (Type::Duration, ValueKind::Int(nanoseconds)) => self.nanoseconds(nanoseconds, want, span)?,
            (Type::Duration | Type::Time, ValueKind::Str(text)) => self.time(text, want, span)?,
            (Type::Size, kind @ ValueKind::Int(_)) | (Type::MapList, kind @ ValueKind::Map(_)) => kind,
            (Type::Size, ValueKind::Str(text)) => match units::bytes(&text) {
                Ok(bytes) => ValueKind::Int(bytes),
                Err(_) => return self.wrong(want, &ValueKind::Str(text), span),
            },
            (Type::Strings, ValueKind::List(list)) => ValueKind::List(self.each(list, want, Type::Str)?),
            (Type::Ints, ValueKind::List(list)) => ValueKind::List(self.each(list, want, Type::Int)?),
            (Type::MapList, ValueKind::List(list)) => ValueKind::List(self.each(list, want, Type::StringMap)?),
            (Type::List, kind @ ValueKind::List(_)) | (Type::Map, kind @ ValueKind::Map(_)) => kind,
            (Type::StringMap, ValueKind::Map(map)) => {
                let mut fine = Vec::with_capacity(map.len());
                for (key, value) in map {
                    let value = self.fit(value, Want { ty: Type::Str, one_of: &[], ..want })?;
                    fine.push((key, value));
                }
                ValueKind::Map(fine)
            }
            (_, kind) => return self.wrong(want, &kind, span),
        };
        Some(Value { kind, span })
    }

    fn wrong(&mut self, want: Want<'_>, found: &ValueKind, span: Span) -> Option<Value> {
        let found = operator::name(found);
        self.evaluator.sink.push(wrong_type::wrong_value(want.name, want.ty, found, span));
        None
    }

    fn text(&mut self, kind: ValueKind, want: Want<'_>, span: Span) -> Option<ValueKind> {
        let Some(text) = kind.to_text() else {
            self.wrong(want, &kind, span);
            return None;
        };
        if !want.one_of.is_empty() && !want.one_of.contains(&text.as_str()) {
            self.evaluator.sink.push(not_allowed_value::not_allowed_value(want.name, &text, want.one_of, span));
            return None;
        }
        Some(ValueKind::Str(text))
    }

    fn time(&mut self, text: String, want: Want<'_>, span: Span) -> Option<ValueKind> {
        let diagnostic = match units::nanoseconds(&text) {
            Ok(_) => return Some(ValueKind::Str(text)),
            Err(Fault::NoUnit) => bare_number::bare_time(want.name, &text, span),
            Err(Fault::Wrong(meant)) => bad_unit::bad_time(want.name, &text, meant, span),
        };
        self.evaluator.sink.push(diagnostic);
        None
    }

    /// A number of nanoseconds; a small one is a time in seconds whose unit was forgotten.
    fn nanoseconds(&mut self, number: i64, want: Want<'_>, span: Span) -> Option<ValueKind> {
        if number == 0 || number.abs() >= SMALLEST {
            return Some(ValueKind::Int(number));
        }
        self.evaluator.sink.push(bare_number::bare_time(want.name, &number.to_string(), span));
        None
    }

    fn each(&mut self, list: Vec<Value>, want: Want<'_>, ty: Type) -> Option<Vec<Value>> {
        let fitted: Vec<Option<Value>> = list.into_iter().map(|value| self.fit(value, Want { ty, ..want })).collect();
        fitted.into_iter().collect()
    }
}
