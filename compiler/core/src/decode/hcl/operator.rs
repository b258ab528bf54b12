//! What operators do to values, and how values turn into texts and numbers.

use crate::nomad::form::{Value, ValueKind};
use crate::source::Spanned;
use hlmc_hcl::{Operator, Span};

/// The value of a number as it is written.
pub(super) fn number(text: &str) -> ValueKind {
    match text.parse::<i64>() {
        Ok(number) => ValueKind::Int(number),
        Err(_) => whole_or_not(text.parse().unwrap_or(0.0)),
    }
}

/// A number as a whole one, where it is.
pub(super) fn whole_or_not(number: f64) -> ValueKind {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation, reason = "whole, and small enough")]
    if number.fract() == 0.0 && number.abs() <= EXACT {
        ValueKind::Int(number as i64)
    } else {
        ValueKind::Float(number)
    }
}

/// A value as a number, as HCL turns texts into numbers.
#[allow(clippy::cast_precision_loss, reason = "numbers past 2^53 are only compared")]
pub(super) fn float(kind: &ValueKind) -> Option<f64> {
    match kind {
        ValueKind::Int(number) => Some(*number as f64),
        ValueKind::Float(number) => Some(*number),
        ValueKind::Str(text) => numeric(text),
        _ => None,
    }
}

/// The number that a text is.
pub(super) fn numeric(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse::<f64>().ok().filter(|number| plain && number.is_finite())
}

/// A value as a whole number.
pub(super) fn whole(kind: &ValueKind) -> Option<i64> {
    match kind {
        ValueKind::Int(number) => Some(*number),
        ValueKind::Str(text) if text.parse::<i64>().is_ok() => text.parse().ok(),
        _ => match whole_or_not(float(kind)?) {
            ValueKind::Int(number) => Some(number),
            _ => None,
        },
    }
}

/// What a value is, for messages.
pub(super) const fn name(kind: &ValueKind) -> &'static str {
    match kind {
        ValueKind::Null => "null",
        ValueKind::Bool(_) => "a truth value",
        ValueKind::Int(_) | ValueKind::Float(_) => "a number",
        ValueKind::Str(_) | ValueKind::Tagged(..) | ValueKind::Artifact(_) => "a text",
        ValueKind::List(_) => "a list",
        ValueKind::Map(_) => "a map",
    }
}

/// `a + b` and so on; what is wrong, with its place, otherwise.
pub(super) fn binary(operator: Operator, a: &Value, b: &Value) -> Result<ValueKind, Spanned<String>> {
    Ok(match operator {
        Operator::Equal => ValueKind::Bool(equal(&a.kind, &b.kind)),
        Operator::NotEqual => ValueKind::Bool(!equal(&a.kind, &b.kind)),
        Operator::And => ValueKind::Bool(truth(a)? && truth(b)?),
        Operator::Or => ValueKind::Bool(truth(a)? || truth(b)?),
        Operator::Less => ValueKind::Bool(side(a)? < side(b)?),
        Operator::LessOrEqual => ValueKind::Bool(side(a)? <= side(b)?),
        Operator::Greater => ValueKind::Bool(side(a)? > side(b)?),
        Operator::GreaterOrEqual => ValueKind::Bool(side(a)? >= side(b)?),
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
            arithmetic(operator, a, b)?
        }
    })
}

fn truth(value: &Value) -> Result<bool, Spanned<String>> {
    match &value.kind {
        ValueKind::Bool(truth) => Ok(*truth),
        ValueKind::Str(text) if text == "true" => Ok(true),
        ValueKind::Str(text) if text == "false" => Ok(false),
        other => Err(Spanned::new(format!("a truth value is needed here, and this is {}", name(other)), value.span)),
    }
}

fn side(value: &Value) -> Result<f64, Spanned<String>> {
    let wrong = || Spanned::new(format!("a number is needed here, and this is {}", name(&value.kind)), value.span);
    float(&value.kind).ok_or_else(wrong)
}

fn arithmetic(operator: Operator, a: &Value, b: &Value) -> Result<ValueKind, Spanned<String>> {
    if let (Some(x), Some(y)) = (whole(&a.kind), whole(&b.kind)) {
        let exact = match operator {
            Operator::Add => x.checked_add(y),
            Operator::Subtract => x.checked_sub(y),
            Operator::Multiply => x.checked_mul(y),
            Operator::Divide => x.checked_rem(y).filter(|rest| *rest == 0).and_then(|_| x.checked_div(y)),
            _ => x.checked_rem(y),
        };
        if let Some(exact) = exact {
            return Ok(ValueKind::Int(exact));
        }
    }
    let (x, y) = (side(a)?, side(b)?);
    if y == 0.0 && matches!(operator, Operator::Divide | Operator::Remainder) {
        return Err(Spanned::new("nothing can be divided by 0".to_owned(), b.span));
    }
    Ok(whole_or_not(match operator {
        Operator::Add => x + y,
        Operator::Subtract => x - y,
        Operator::Multiply => x * y,
        Operator::Divide => x / y,
        _ => x % y,
    }))
}

/// `-value`; nothing where it is no number.
pub(super) fn negated(value: &Value) -> Option<ValueKind> {
    match whole(&value.kind).and_then(i64::checked_neg) {
        Some(number) => Some(ValueKind::Int(number)),
        None => Some(ValueKind::Float(-float(&value.kind)?)),
    }
}

/// Whether two values are equal: texts and numbers never are.
pub(super) fn equal(a: &ValueKind, b: &ValueKind) -> bool {
    match (a, b) {
        (ValueKind::Int(_) | ValueKind::Float(_), ValueKind::Int(_) | ValueKind::Float(_)) => match (a, b) {
            (ValueKind::Int(x), ValueKind::Int(y)) => x == y,
            _ => float(a) == float(b),
        },
        (ValueKind::List(x), ValueKind::List(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| equal(&x.kind, &y.kind))
        }
        (ValueKind::Map(x), ValueKind::Map(y)) => {
            x.len() == y.len()
                && x.iter().all(|(key, value)| {
                    y.iter().any(|(other, there)| other.value == key.value && equal(&value.kind, &there.kind))
                })
        }
        (ValueKind::Str(x), ValueKind::Str(y)) => x == y,
        (ValueKind::Bool(x), ValueKind::Bool(y)) => x == y,
        (ValueKind::Null, ValueKind::Null) => true,
        _ => false,
    }
}

/// The elements of a list with their places, or the entries of a map sorted by their keys; the value itself otherwise.
pub(super) fn elements(value: Value) -> Result<Vec<(Value, Value)>, Value> {
    let span = value.span;
    match value.kind {
        ValueKind::List(list) => {
            Ok(list.into_iter().enumerate().map(|(at, element)| (Value::int(at as i64, span), element)).collect())
        }
        ValueKind::Map(mut map) => {
            map.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
            Ok(map.into_iter().map(|(key, value)| (Value::str(key.value, key.span), value)).collect())
        }
        kind => Err(Value { kind, span }),
    }
}

/// A reference that only Nomad can resolve, as its parser hands it on: in `${…}`, with the spaces that stand around it.
/// That parser looks for the end of the braces one byte too far, so that a second `}` is taken twice.
pub(super) fn later(text: &str, span: Span) -> String {
    let (start, end) = (span.start as usize, span.end as usize);
    let reference = span.of(text);
    let before = text[..start].trim_end_matches(' ');
    let Some(opening) = before.strip_suffix("${").map(str::len).filter(|at| *at > 0) else {
        return format!("${{{reference}}}");
    };
    let mut out = text[opening..end].to_owned();
    for (at, byte) in text.bytes().enumerate().skip(end + 1) {
        match byte {
            b'}' => out.push_str(&text[end..at]),
            b' ' => {}
            _ => {
                out.push('}');
                break;
            }
        }
    }
    out
}
