//! Functions that write and read other formats.

use super::arguments::{Arguments, Wrong};
use crate::decode::hcl::operator::whole_or_not;
use crate::nomad::form::{Value, ValueKind};
use crate::source::{Span, Spanned};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

type Done = Result<ValueKind, Wrong>;

pub(super) fn base64encode(arguments: &Arguments<'_>) -> Done {
    Ok(ValueKind::Str(STANDARD.encode(arguments.text(0)?)))
}

pub(super) fn base64decode(arguments: &Arguments<'_>) -> Done {
    let bytes = STANDARD.decode(arguments.text(0)?).map_err(|_| Wrong::new(0, "this is no base64"))?;
    String::from_utf8(bytes).map(ValueKind::Str).map_err(|_| Wrong::new(0, "what is encoded is no text"))
}

/// As Go's `url.QueryEscape`.
pub(super) fn urlencode(arguments: &Arguments<'_>) -> Done {
    let mut out = String::new();
    for byte in arguments.text(0)?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}"); // a String takes everything
            }
        }
    }
    Ok(ValueKind::Str(out))
}

pub(super) fn csvdecode(arguments: &Arguments<'_>) -> Done {
    let text = arguments.text(0)?;
    let wrong = |error: csv::Error| Wrong::new(0, format!("this is no CSV with a header: {error}"));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
    let span = arguments.span();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let entry = |(name, text): (&String, &str)| (Spanned::new(name.clone(), span), Value::str(text, span));
        rows.push(ValueKind::Map(names.iter().zip(record.iter()).map(entry).collect()));
    }
    Ok(arguments.values(rows))
}

pub(super) fn jsondecode(arguments: &Arguments<'_>) -> Done {
    let value: serde_json::Value = serde_json::from_str(&arguments.text(0)?)
        .map_err(|error| Wrong::new(0, format!("this is no JSON: {error}")))?;
    Ok(from_json(value, arguments.span()).kind)
}

pub(super) fn from_json(value: serde_json::Value, span: Span) -> Value {
    let kind = match value {
        serde_json::Value::Null => ValueKind::Null,
        serde_json::Value::Bool(truth) => ValueKind::Bool(truth),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => ValueKind::Int(number),
            None => whole_or_not(number.as_f64().unwrap_or(0.0)),
        },
        serde_json::Value::String(text) => ValueKind::Str(text),
        serde_json::Value::Array(list) => {
            ValueKind::List(list.into_iter().map(|value| from_json(value, span)).collect())
        }
        serde_json::Value::Object(map) => ValueKind::Map(
            map.into_iter().map(|(key, value)| (Spanned::new(key, span), from_json(value, span))).collect(),
        ),
    };
    Value { kind, span }
}

/// As Go's `json.Marshal`: keys sorted, no spaces, `<`, `>` and `&` as code points.
pub(super) fn jsonencode(arguments: &Arguments<'_>) -> Done {
    let mut out = String::new();
    push_json(&mut out, arguments.kind(0));
    Ok(ValueKind::Str(out))
}

pub(super) fn push_json(out: &mut String, kind: &ValueKind) {
    match kind {
        ValueKind::List(list) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                push_json(out, &value.kind);
            }
            out.push(']');
        }
        ValueKind::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
            out.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                push_json_text(out, key);
                out.push(':');
                push_json(out, &value.kind);
            }
            out.push('}');
        }
        ValueKind::Str(text) | ValueKind::Tagged(_, text) | ValueKind::Artifact(text) => push_json_text(out, text),
        ValueKind::Null => out.push_str("null"),
        ValueKind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        ValueKind::Int(number) => {
            let _ = write!(out, "{number}");
        }
        ValueKind::Float(number) => {
            let _ = write!(out, "{number}");
        }
    }
}

pub(super) fn push_json_text(out: &mut String, text: &str) {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    for c in quoted.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}
