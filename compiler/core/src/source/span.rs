//! Places in the texts of a lab.

use std::fmt;

/// Which text of [`Sources`](super::Sources) a span points into.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FileId(pub u32);

/// A byte range in one text: 12 bytes, `Copy`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of a file.
    #[must_use]
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The place of `len` bytes from `at` on in a quoted text of this span; the whole where escapes shift them.
    #[must_use]
    pub const fn part(self, text: &str, at: usize, len: usize) -> Self {
        if (self.end - self.start) < text.len() as u32 {
            return self;
        }
        // `"…"`, and a heredoc whose word has three letters: `<<EOT` on its line before, `EOT` behind.
        let before = match (self.end - self.start) as usize - text.len() {
            _ if at + len > text.len() => return self,
            2 => 1,
            9 if len > 0 => 6,
            _ => return self,
        };
        let start = self.start + before + at as u32;
        Self { file: self.file, start, end: start + len as u32 }
    }

    /// A range that the syntax crate gave, in this file.
    #[must_use]
    pub const fn of(file: FileId, span: hlmc_syntax::Span) -> Self {
        Self { file, start: span.start, end: span.end }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file.0, self.start, self.end)
    }
}

/// A value with the place it was written at.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Puts a value and its place together.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }

    /// The same place with another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Spanned<U> {
        Spanned { value: f(self.value), span: self.span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
