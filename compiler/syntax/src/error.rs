//! What can be wrong with a text.

use crate::span::Span;

/// The kind of a syntax error, with a stable code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum ErrorKind {
    /// Something that can't stand in this place.
    UnexpectedToken,
    /// Unquoted text with characters that need quotes.
    NeedsQuotes,
    /// A keyword without its `#`, or a `#word` that is none.
    BadKeyword,
    /// Starts like a number and isn't one.
    BadNumber,
    /// A backslash before something that isn't an escape.
    BadEscape,
    /// A string that doesn't end on its line, or never.
    UnclosedString,
    /// A string of several lines that isn't laid out as KDL asks.
    BadMultilineString,
    /// A `/*` without `*/`.
    UnclosedComment,
    /// A `{` without `}`.
    UnclosedBlock,
    /// A `}` without `{`.
    UnopenedBlock,
    /// A comment that starts with `#`.
    HashComment,
    /// Syntax of KDL version 1.
    Version1,
    /// A code point that may not appear in a text.
    ForbiddenCharacter,
    /// More levels of blocks than are read.
    NestingTooDeep,
    /// Allowed, but hardly what was meant; only ever a warning.
    LooksWrong,
}

impl ErrorKind {
    /// Every kind, in the order of declaration.
    pub const ALL: &[Self] = &[
        Self::UnexpectedToken,
        Self::NeedsQuotes,
        Self::BadKeyword,
        Self::BadNumber,
        Self::BadEscape,
        Self::UnclosedString,
        Self::BadMultilineString,
        Self::UnclosedComment,
        Self::UnclosedBlock,
        Self::UnopenedBlock,
        Self::HashComment,
        Self::Version1,
        Self::ForbiddenCharacter,
        Self::NestingTooDeep,
        Self::LooksWrong,
    ];

    /// Returns the stable code that messages, documentation and tools use.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnexpectedToken => "kdl-unexpected-token",
            Self::NeedsQuotes => "kdl-needs-quotes",
            Self::BadKeyword => "kdl-bad-keyword",
            Self::BadNumber => "kdl-bad-number",
            Self::BadEscape => "kdl-bad-escape",
            Self::UnclosedString => "kdl-unclosed-string",
            Self::BadMultilineString => "kdl-bad-multiline-string",
            Self::UnclosedComment => "kdl-unclosed-comment",
            Self::UnclosedBlock => "kdl-unclosed-block",
            Self::UnopenedBlock => "kdl-unopened-block",
            Self::HashComment => "kdl-hash-comment",
            Self::Version1 => "kdl-version-1",
            Self::ForbiddenCharacter => "kdl-forbidden-character",
            Self::NestingTooDeep => "kdl-nesting-too-deep",
            Self::LooksWrong => "kdl-looks-wrong",
        }
    }
}

/// One mistake in a text: where, what, and what would be right. Each language has its own kinds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError<K = ErrorKind> {
    /// The kind, which gives the code.
    pub kind: K,
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

impl<K> SyntaxError<K> {
    /// Creates an error without help or second place.
    pub fn new(kind: K, span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { kind, span, message: message.into(), label: label.into(), secondary: None, help: None }
    }

    /// Adds what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the other place.
    #[must_use]
    pub fn secondary(mut self, span: Span, label: impl Into<String>) -> Self {
        self.secondary = Some((span, label.into()));
        self
    }
}

/// Returns a text for quoting in a message: one line, not too long.
pub(crate) fn excerpt(text: &str) -> String {
    const LIMIT: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(LIMIT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
