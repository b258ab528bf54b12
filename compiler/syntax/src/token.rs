//! The tokens of KDL: every byte of a text belongs to exactly one.

use crate::span::Span;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// The byte order mark at the very start of a text.
    Bom,
    /// White space that doesn't end a line.
    Space,
    /// One line break; CR LF is one.
    Newline,
    /// `// …`, without the line break.
    LineComment,
    /// `/* … */`, nested ones included.
    BlockComment,
    /// A `#` comment, which KDL doesn't have; always reported.
    HashComment,
    /// `/-`
    Slashdash,
    /// `\`, which joins the next line to this one.
    Backslash,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `;`
    Semicolon,
    /// `=`
    Equals,
    /// An unquoted string.
    Ident,
    /// Anything that starts like a number, right or wrong.
    Number,
    /// `#true`, `#null`, `#inf`… and misspelt ones.
    Keyword,
    /// `"…"`
    String,
    /// `"""…"""`
    MultilineString,
    /// `#"…"#` with any number of `#`.
    RawString,
    /// `#"""…"""#` with any number of `#`.
    MultilineRawString,
    /// Text that can't stand unquoted in KDL; always reported.
    Junk,
}

impl TokenKind {
    /// Reports whether the token is a string in any spelling.
    pub const fn is_string(self) -> bool {
        matches!(self, Self::Ident | Self::String | Self::MultilineString | Self::RawString | Self::MultilineRawString)
    }

    /// Reports whether the token carries no meaning: white space, line breaks, comments.
    pub const fn is_trivia(self) -> bool {
        matches!(
            self,
            Self::Bom | Self::Space | Self::Newline | Self::LineComment | Self::BlockComment | Self::HashComment
        )
    }
}

/// One piece of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// What the lexer noticed on the way.
    pub(crate) note: Note,
    /// Where it is.
    pub span: Span,
}

/// What the lexer noticed in a string or comment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Note {
    /// Nothing: the text between the quotes is the value.
    Plain,
    /// There is at least one backslash.
    Escaped,
    /// The end of the line or of the text came first.
    Unclosed,
    /// A string in single quotation marks that holds a line break.
    Broken,
}
