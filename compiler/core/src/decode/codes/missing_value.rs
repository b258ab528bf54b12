//! A name without its value.

use crate::diagnostic::{Diagnostic, code};
use crate::nomad::schema::Type;
use crate::source::Span;

code!(Error, "missing-value", "missing_value.md", "a name without its value");

/// `name` stands alone.
pub(crate) fn missing_value(name: &str, ty: Type, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` has no value"), span, "a value is missing")
        .help(format!("write it after the name: {}", example(name, ty)))
}

/// How a name of a type is written with a value.
pub(super) fn example(name: &str, ty: Type) -> String {
    match ty {
        Type::Int | Type::Float | Type::Ints | Type::Megabytes => format!("`{name} 1`"),
        Type::Duration | Type::Time => format!("`{name} \"30s\"`"),
        Type::Size => format!("`{name} \"512MiB\"`"),
        Type::Strings | Type::List => format!("`{name} \"one\" \"two\"`, or `{name} {{}}` for none"),
        Type::StringMap | Type::Map | Type::MapList => format!("`{name} key=\"value\"`, or `{name} {{}}` for none"),
        Type::Bool => format!("`{name} #true`"),
        Type::Str | Type::Any => format!("`{name} \"…\"`"),
    }
}
