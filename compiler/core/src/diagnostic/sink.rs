//! Where the stages put what they find.

use super::{Diagnostic, Severity};
use crate::source::FileId;
use std::collections::BTreeSet;

/// Collects diagnostics; every stage takes one and goes on after an error.
#[derive(Clone, Debug, Default)]
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

    /// Takes all of another sink, and hands on what came with it.
    pub fn take<T>(&mut self, value: T, other: Self) -> T {
        self.append(other);
        value
    }

    /// Whether anything in it points into one of these files.
    #[must_use]
    pub fn touches(&self, files: &BTreeSet<FileId>) -> bool {
        self.found.iter().any(|diagnostic| touches(diagnostic, files))
    }

    /// How many there are.
    #[must_use]
    pub fn found(&self) -> usize {
        self.found.len()
    }

    /// Keeps those that a question is answered with yes for.
    pub fn keep(&mut self, wanted: impl FnMut(&Diagnostic) -> bool) {
        self.found.retain(wanted);
    }

    /// Whether there is an error among them.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The files that have an error.
    #[must_use]
    pub fn broken_files(&self) -> BTreeSet<FileId> {
        let errors = self.found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        errors.map(|diagnostic| diagnostic.primary.span.file).collect()
    }

    /// What has no part in any of these files.
    #[must_use]
    pub fn without_files(mut self, files: &BTreeSet<FileId>) -> Self {
        self.found.retain(|diagnostic| !touches(diagnostic, files));
        self
    }

    /// Points each diagnostic at a place in a file of one's own where it has one: what stands in others can't be changed there.
    pub fn point_at_own(&mut self, is_own: impl Fn(FileId) -> bool) {
        for found in self.found.iter_mut().filter(|found| !is_own(found.primary.span.file)) {
            found.fix = found.fix.take().filter(|fix| is_own(fix.span.file));
            if let Some(at) = found.secondary.iter().position(|label| is_own(label.span.file)) {
                found.lead(at);
            }
        }
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

fn touches(diagnostic: &Diagnostic, files: &BTreeSet<FileId>) -> bool {
    let mut places = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    places.any(|label| files.contains(&label.span.file))
}
