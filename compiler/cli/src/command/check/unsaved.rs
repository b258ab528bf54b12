//! A lab in which texts that aren't saved stand in for files.

use crate::disk::DiskWorld;
use hlmc_core::source::{ReadError, World};
use std::collections::BTreeMap;

/// A lab on disk, with some texts in place of what is saved, or of nothing.
#[derive(Debug)]
pub(super) struct Unsaved<'w> {
    saved: &'w DiskWorld,
    texts: BTreeMap<String, Vec<u8>>,
}

impl<'w> Unsaved<'w> {
    /// The lab as it is saved.
    pub(super) fn new(saved: &'w DiskWorld) -> Self {
        Self { saved, texts: BTreeMap::new() }
    }

    /// Puts a text in the place of the file with this path.
    pub(super) fn insert(&mut self, path: String, text: Vec<u8>) {
        self.texts.insert(path, text);
    }

    /// The texts, by path.
    pub(super) fn texts(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.texts
    }
}

impl World for Unsaved<'_> {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        let mut found = BTreeMap::new();
        for listed in self.saved.files() {
            let (path, refusal) = match listed {
                Ok(path) => (path, None),
                Err((path, error)) => (path, Some(error)),
            };
            found.insert(path, refusal);
        }
        // What is hidden is no part of the lab, saved or not.
        let hidden = |path: &str| path.split('/').any(|part| part.starts_with('.'));
        for path in self.texts.keys().filter(|path| !hidden(path)) {
            found.insert(path.clone(), None);
        }
        let listed = |(path, refusal)| match refusal {
            None => Ok(path),
            Some(error) => Err((path, error)),
        };
        found.into_iter().map(listed).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        match self.texts.get(path) {
            Some(text) => Ok(text.clone()),
            None => self.saved.read(path),
        }
    }
}
