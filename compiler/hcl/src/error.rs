//! What can be wrong with a text.

use hlmc_syntax::SyntaxError;

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
pub type Error = SyntaxError<ErrorKind>;
