//! What can be wrong with a text.

use hlmc_syntax::Span;

/// The kind of a mistake, with a stable code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ErrorKind {
    /// Something that can't stand in this place.
    Unexpected,
    /// A bracket, a text, a heredoc or a comment without its end.
    Unclosed,
    /// A backslash before something that isn't an escape.
    BadEscape,
    /// `${…}` or `%{…}` in a text that can't be read.
    BadTemplate,
    /// What only HCL 1 allowed.
    Version1,
    /// More levels than are read.
    TooDeep,
}

impl ErrorKind {
    /// Every kind, in the order of declaration.
    pub const ALL: &[Self] =
        &[Self::Unexpected, Self::Unclosed, Self::BadEscape, Self::BadTemplate, Self::Version1, Self::TooDeep];

    /// The stable code that messages, documentation and tools use.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unexpected => "hcl-unexpected",
            Self::Unclosed => "hcl-unclosed",
            Self::BadEscape => "hcl-bad-escape",
            Self::BadTemplate => "hcl-bad-template",
            Self::Version1 => "hcl-version-1",
            Self::TooDeep => "hcl-too-deep",
        }
    }
}

/// One mistake in a text: where, what, and what would be right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The kind, which gives the code.
    pub kind: ErrorKind,
    /// The place to look at.
    pub span: Span,
    /// One sentence that names the thing.
    pub message: String,
    /// What to write beside the place.
    pub label: String,
    /// Another place that has to do with it, and what to write there.
    pub secondary: Option<(Span, String)>,
    /// What would be right.
    pub help: Option<String>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), label: label.into(), secondary: None, help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn secondary(mut self, span: Span, label: impl Into<String>) -> Self {
        self.secondary = Some((span, label.into()));
        self
    }
}
