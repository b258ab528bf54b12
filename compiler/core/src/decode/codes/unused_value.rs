//! A value of the lab that nothing uses.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Warning, "unused-value", "unused_value.md", "a value of the lab that nothing uses");

/// Neither a text nor a variable of a job file has this name.
pub(crate) fn unused_value(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("nothing uses the value `{name}`"), span, "not used")
        .help(format!("remove it, or use it: `@{{{name}}}` in a manifest, or a variable of this name in a job file"))
}
