//! A value of another type than the name takes.

use super::missing_value::example;
use crate::diagnostic::{Diagnostic, code};
use crate::nomad::schema::{BlockType, Type};
use crate::source::Span;
use hlmc_syntax::Value;

code!(Error, "wrong-type", "wrong_type.md", "a value of another type than the name takes");

/// `name` takes a `ty`, and `value` is none; `written` is how the value stands in the text.
pub(crate) fn wrong_type(name: &str, ty: Type, value: &Value<'_>, written: &str, span: Span) -> Diagnostic {
    let expected = expected(ty);
    let message = format!("`{name}` takes {expected}, not {}", found(value, written));
    let diagnostic = Diagnostic::new(&CODE, message, span, format!("expected {expected}"));
    match right(ty, value, written) {
        Some((help, right)) => diagnostic.help(format!("{help}: `{right}`")).fix(span, right),
        None if matches!(value, Value::Null) => diagnostic.help(format!("leave `{name}` out")),
        None if name == "cpu" => diagnostic.help("write MHz, as Nomad counts: half a core of 2 GHz is `1000`"),
        None => diagnostic.help(format!("write it as {}", example(name, ty))),
    }
}

/// A number that the type can't hold.
pub(crate) fn too_large(name: &str, written: &str, span: Span) -> Diagnostic {
    let message = format!("`{name}` is too large: `{written}`");
    Diagnostic::new(&CODE, message, span, "no whole number of 64 bits")
        .help("the largest is 9223372036854775807, the smallest -9223372036854775808")
}

/// The same in a job file, where the value may come from anywhere.
pub(crate) fn wrong_value(name: &str, ty: Type, found: &str, span: Span) -> Diagnostic {
    let expected = match ty {
        Type::Bool => "`true` or `false`",
        Type::Megabytes => "a whole number of megabytes",
        ty => expected(ty),
    };
    let message = format!("`{name}` takes {expected}, not {found}");
    Diagnostic::new(&CODE, message, span, format!("expected {expected}"))
        .help(format!("write {expected} behind `{name} =`"))
}

/// `name = …` in a job file where `name` is a block.
pub(crate) fn block_as_attribute(name: &str, label: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` is a block, not a value"), span, "given with `=`")
        .help(format!("write `{name} {label}{{ … }}`, without `=`"))
}

/// `name { … }` in a job file where `name` has a value.
pub(crate) fn attribute_as_block(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` has a value and is no block"), span, "given with braces alone")
        .help(format!("write `{name} = …`"))
}

/// A property whose name is one of a block.
pub(crate) fn block_as_property(block: &BlockType, written: &str, span: Span) -> Diagnostic {
    let name = block.name;
    let inside = if block.labels.is_empty() { "{ … }" } else { written };
    Diagnostic::new(&CODE, format!("`{name}` is a block, not a value"), span, "given as a property")
        .help(format!("write it on a line of its own inside the braces: `{name} {inside}`"))
}

/// A name that takes names and values, and got a value alone.
pub(crate) fn no_pairs(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` takes names with values"), span, "a value without a name")
        .help(format!("write `{name} NAME=\"value\"`, or a line for each between braces"))
}

/// A label that is no text.
pub(crate) fn label(block: &str, label: &str, value: &Value<'_>, written: &str, span: Span) -> Diagnostic {
    let message = format!("the {label} of `{block}` is a text, not {}", found(value, written));
    let diagnostic = Diagnostic::new(&CODE, message, span, "expected a text");
    match right(Type::Str, value, written) {
        Some((help, right)) => diagnostic.help(format!("{help}: `{right}`")).fix(span, right),
        None => diagnostic,
    }
}

const fn expected(ty: Type) -> &'static str {
    match ty {
        Type::Str => "a text",
        Type::Int => "a whole number",
        Type::Float => "a number",
        Type::Bool => "`#true` or `#false`",
        Type::Duration | Type::Time => "a time such as `\"30s\"`",
        Type::Megabytes => "a number of megabytes or a size such as `\"512MiB\"`",
        Type::Size => "a size such as `\"512MiB\"`",
        Type::Strings => "texts",
        Type::Ints => "whole numbers",
        Type::List => "a list",
        Type::StringMap | Type::Map => "names with values",
        Type::MapList => "a list of names with values",
        Type::Any => "a value",
    }
}

fn found(value: &Value<'_>, written: &str) -> String {
    let short: String = written.lines().next().unwrap_or_default().chars().take(40).collect();
    let dots = if short.len() < written.len() { "…" } else { "" };
    match value {
        Value::String(_) => format!("the text `{short}{dots}`"),
        Value::Integer(_) | Value::Float(_) => format!("the number `{short}{dots}`"),
        Value::Bool(_) | Value::Null => format!("`{short}`"),
    }
}

/// What would be right, where that is plain.
fn right(ty: Type, value: &Value<'_>, written: &str) -> Option<(&'static str, String)> {
    match (ty, value) {
        (Type::Str | Type::Strings | Type::StringMap | Type::MapList, Value::Integer(_) | Value::Float(_)) => {
            Some(("put it in quotes", format!("\"{written}\"")))
        }
        (Type::Str | Type::Strings | Type::StringMap | Type::MapList, Value::Bool(truth)) => {
            Some(("put it in quotes", format!("\"{truth}\"")))
        }
        (Type::Int | Type::Ints | Type::Megabytes, Value::String(text)) => {
            text.parse::<i64>().ok().map(|number| ("remove the quotes", number.to_string()))
        }
        (Type::Float, Value::String(text)) => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
            Some(("remove the quotes", format!("{number:?}")))
        }
        (Type::Bool, Value::String(text)) => match text.to_lowercase().as_str() {
            "true" | "yes" | "on" => Some(("write a truth value", "#true".to_owned())),
            "false" | "no" | "off" => Some(("write a truth value", "#false".to_owned())),
            _ => None,
        },
        (Type::Bool, Value::Integer(0)) => Some(("write a truth value", "#false".to_owned())),
        (Type::Bool, Value::Integer(1)) => Some(("write a truth value", "#true".to_owned())),
        _ => None,
    }
}
