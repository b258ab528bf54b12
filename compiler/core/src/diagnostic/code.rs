//! The stable name of a diagnostic, with its page.

use std::fmt;

/// How bad a problem is. `Error` stops the build from writing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// A way to do better; the lab works as it is.
    Advice,
    /// Works, but will bite.
    Warning,
    /// Would not work.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// What all diagnostics of one kind share. A name is for ever: it may be retired, never used for something else.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Kebab-case name, as in `error[port-conflict]`.
    pub name: &'static str,
    /// The level it has by itself.
    pub severity: Severity,
    /// One line for lists.
    pub summary: &'static str,
    /// Whether a lab may `allow` it: warnings, advice, and the errors that are about a decision of its owner.
    pub allowable: bool,
    /// The page: Markdown with a failing and a passing manifest, both run as tests.
    pub page: &'static str,
}

/// Declares the `CODE` of a file; its page is the Markdown file of the same name beside it. An error that a lab may `allow` is
/// `allowable Error`.
macro_rules! code {
    (allowable $severity:ident, $name:literal, $page:literal, $summary:literal) => {
        $crate::diagnostic::code!(@ $severity, $name, $page, $summary, true);
    };
    ($severity:ident, $name:literal, $page:literal, $summary:literal) => {
        $crate::diagnostic::code!(
            @ $severity,
            $name,
            $page,
            $summary,
            !matches!($crate::diagnostic::Severity::$severity, $crate::diagnostic::Severity::Error)
        );
    };
    (@ $severity:ident, $name:literal, $page:literal, $summary:literal, $allowable:expr) => {
        #[doc = concat!("`", $name, "`: ", $summary, ".")]
        pub(crate) static CODE: $crate::diagnostic::Code = $crate::diagnostic::Code {
            name: $name,
            severity: $crate::diagnostic::Severity::$severity,
            summary: $summary,
            allowable: $allowable,
            page: include_str!($page),
        };
    };
}
pub(crate) use code;
