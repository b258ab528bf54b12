//! A function whose value can't be known while building.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "not-reproducible", "not_reproducible.md", "a function whose value can't be known while building");

/// `function` can't be used, and `why`.
pub(crate) fn not_reproducible(function: &str, why: &str, span: Span) -> Diagnostic {
    let message = format!("`{function}` can't be used: {why}");
    Diagnostic::new(&CODE, message, span, "the same lab has to give the same bundle")
        .help("write the value itself, or let the task find it when it starts: `${NOMAD_ALLOC_ID}` differs with each allocation")
}
