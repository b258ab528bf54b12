//! Where the stages put what they find.

use super::{Diagnostic, Severity};

/// Collects diagnostics; every stage takes one and goes on after an error.
#[derive(Debug, Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    /// Takes one diagnostic.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Takes all of another sink, behind its own.
    pub fn append(&mut self, mut other: Self) {
        self.found.append(&mut other.found);
    }

    /// Whether there is an error among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The diagnostics by place (file, offset, code), each once.
    #[must_use]
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by(|a, b| (a.primary.span, a.code.name, &a.message).cmp(&(b.primary.span, b.code.name, &b.message)));
        self.found
            .dedup_by(|a, b| a.primary.span == b.primary.span && a.code.name == b.code.name && a.message == b.message);
        self.found
    }
}
