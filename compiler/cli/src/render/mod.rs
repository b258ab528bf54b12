//! Draws diagnostics: for people, for editors, for programs.

mod github;
mod json;
mod pages;
mod sarif;
mod short;
mod text;

pub(crate) use github::github;
pub(crate) use json::json;
pub(crate) use pages::Pages;
pub(crate) use sarif::sarif;
pub(crate) use short::short;
pub(crate) use text::{Look, text};

use hlmc_core::diagnostic::{Diagnostic, Severity};

/// How many diagnostics there are of each level.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Tally {
    /// What stops a build.
    pub(crate) errors: usize,
    /// What doesn't.
    pub(crate) warnings: usize,
    /// Ways to do better.
    pub(crate) advice: usize,
}

impl Tally {
    /// Counts.
    pub(crate) fn of(diagnostics: &[Diagnostic]) -> Self {
        let mut tally = Self::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
                Severity::Advice => tally.advice += 1,
            }
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [
            (self.errors, if self.errors == 1 { "error" } else { "errors" }),
            (self.warnings, if self.warnings == 1 { "warning" } else { "warnings" }),
            (self.advice, if self.advice == 1 { "piece of advice" } else { "pieces of advice" }),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        f.write_str(&parts.join(", "))
    }
}

/// A message without characters that a terminal would obey.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter != '\n' && pages::is_obeyed(letter) { '\u{fffd}' } else { letter }).collect()
}
