//! Locals that need each other.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "local-cycle", "local_cycle.md", "locals that need each other");

/// `names` need each other in this order; the last needs the first.
pub(crate) fn local_cycle(names: &[(&str, Span)]) -> Option<Diagnostic> {
    let (first, others) = names.split_first()?;
    let chain: Vec<String> = names.iter().chain([first]).map(|(name, _)| format!("`{name}`")).collect();
    let message = match others {
        [] => format!("the local {} needs itself", chain[0]),
        _ => format!("locals need each other: {}", chain.join(" → ")),
    };
    let mut diagnostic =
        Diagnostic::new(&CODE, message, first.1, if others.is_empty() { "needs itself" } else { "needs the next" })
            .help("give one of them a value that doesn't refer to the others");
    for (name, span) in others {
        diagnostic = diagnostic.also(*span, format!("`{name}`"));
    }
    Some(diagnostic)
}
