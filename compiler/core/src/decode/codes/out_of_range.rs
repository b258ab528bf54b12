//! A number, a time or a size below the least or above the most that is taken.

use crate::decode::units;
use crate::diagnostic::{Diagnostic, code};
use crate::nomad::schema::Type;
use crate::source::Span;

code!(Error, "out-of-range", "out_of_range.md", "a number, a time or a size that is too small or too large");

/// `name` is less than `least`.
pub(crate) fn too_small(name: &str, ty: Type, least: i64, span: Span) -> Diagnostic {
    let least = written(ty, least);
    Diagnostic::new(&CODE, format!("`{name}` can't be less than `{least}`"), span, "too small")
        .help(format!("it is `{least}` or more"))
}

/// `name` is more than `most`.
pub(crate) fn too_large(name: &str, ty: Type, most: i64, span: Span) -> Diagnostic {
    let most = written(ty, most);
    Diagnostic::new(&CODE, format!("`{name}` can't be more than `{most}`"), span, "too large")
        .help(format!("it is `{most}` or less"))
}

/// A limit as a manifest would have it.
fn written(ty: Type, limit: i64) -> String {
    match ty {
        Type::Megabytes => units::size(limit << 20),
        Type::Size => units::size(limit),
        Type::Duration | Type::Time => units::time(limit),
        _ => limit.to_string(),
    }
}
