//! The only door from the compiler to files.

use std::collections::BTreeMap;

/// Why a path could not be read. The words are the operating system's, without the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is nothing at that path.
    NotFound,
    /// The path leads out of the lab's folder, by `..`, as an absolute path or through a symlink.
    OutsideLab,
    /// Something is there that can't be read: no permission, a folder, an I/O error.
    Unreadable(String),
}

/// The files of one lab. Implemented by the command line over a folder and by [`MemoryWorld`] over a map.
pub trait World: Sync {
    /// The paths of all files below the lab's folder that can hold manifests or files of services, sorted, with `/`
    /// between their parts; what can't be listed comes with the reason.
    fn files(&self) -> Vec<Result<String, (String, ReadError)>>;

    /// The bytes of the file at a path relative to the lab's folder.
    ///
    /// # Errors
    /// Says why when the path can't be read or leads outside the lab.
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError>;
}

/// A lab in memory, for tests and for text that isn't saved yet.
#[derive(Clone, Debug, Default)]
pub struct MemoryWorld {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryWorld {
    /// Puts a file into the lab, in place of one with the same path.
    pub fn insert(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), bytes.into());
    }
}

impl World for MemoryWorld {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        self.files.keys().cloned().map(Ok).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Err(ReadError::OutsideLab);
        }
        self.files.get(path).cloned().ok_or(ReadError::NotFound)
    }
}
