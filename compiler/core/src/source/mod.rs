//! The texts of a lab, with stable ids that every span points into.

pub mod codes;
mod embedded;
mod quoted;
mod read;
mod span;
mod world;

pub use embedded::{EMBEDDED, Embedded, embedded};
pub use quoted::quoted;
pub use read::{LAB_FILE, SIZE_LIMIT, read, text};
pub use span::{FileId, Span, Spanned};
pub use world::{MemoryWorld, ReadError, World};

use std::sync::Arc;

/// How many files, services or nodes a thread takes at once: few enough that none is left with work while another has none.
pub const AT_ONCE: usize = 16;

/// One text that was read, as the diagnostics show it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path from the lab's folder with `/` between its parts; embedded texts start with `hlmc:`.
    pub path: Arc<str>,
    /// The text, UTF-8.
    pub text: Arc<str>,
}

/// All texts that a compilation has read, by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// Adds a text and returns its id. Ids count up from 0 in the order of the calls.
    pub fn add(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source { path: path.into(), text: text.into() });
        id
    }

    /// Puts another text in the place of one.
    pub fn replace(&mut self, id: FileId, text: impl Into<Arc<str>>) {
        if let Some(source) = self.files.get_mut(id.0 as usize) {
            source.text = text.into();
        }
    }

    /// The text with this id, if there is one.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// The path of a file, or `<unknown>` for an id that isn't of this set.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("<unknown>", |source| &source.path)
    }

    /// The text that a span covers; empty when the span lies outside its file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.file).and_then(|source| source.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// Line and column of a byte offset, both from 1; the column counts characters, without a byte order mark.
    #[must_use]
    pub fn line_column(&self, file: FileId, offset: u32) -> (usize, usize) {
        let Some(source) = self.get(file) else { return (1, 1) };
        let mut end = (offset as usize).min(source.text.len());
        while !source.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &source.text[..end];
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The texts in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(at, source)| (FileId(u32::try_from(at).unwrap_or(u32::MAX)), source))
    }
}
