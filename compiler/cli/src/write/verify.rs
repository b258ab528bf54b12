//! Compares a bundle with the one that is there, and writes nothing.

use super::Target;
use super::compare::{open, same_bytes};
use super::existing::Existing;
use super::zip::archive;
use crate::disk::words;
use crate::failure::Failure;
use hlmc_core::bundle::{Artifact, Bundle};
use hlmc_core::source::AT_ONCE;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// What is wrong with a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// It isn't there.
    Missing,
    /// Its bytes aren't the bundle's.
    Content,
    /// Its bytes are, its mode isn't.
    Mode {
        /// What the file has.
        found: u32,
        /// What it has in the bundle.
        expected: u32,
    },
    /// An earlier build wrote it, and the bundle doesn't have it.
    LeftOver,
    /// It can't be read, for this reason.
    Unreadable(String),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "is missing"),
            Self::Content => write!(f, "has other content"),
            Self::Mode { found, expected } => write!(f, "has mode {found:o}, not {expected:o}"),
            Self::LeftOver => write!(f, "is left over from an earlier build"),
            Self::Unreadable(reason) => write!(f, "can't be read: {reason}"),
        }
    }
}

/// Finds in what the folder, and the zip, differ from the bundle; sorted by path, the zip last. What hlmc didn't
/// write is no difference.
///
/// # Errors
/// When the folder can't be listed, or the zip can't be made.
pub(crate) fn verify(bundle: &Bundle, target: Target<'_>) -> Result<Vec<(PathBuf, Difference)>, Failure> {
    let differs = |artifact: &Artifact| {
        let path = target.out.join(&artifact.path);
        difference(&path, &artifact.bytes, Some(artifact.mode())).map(|difference| (path, difference))
    };
    let mut found: Vec<(PathBuf, Difference)> =
        bundle.artifacts.par_iter().with_max_len(AT_ONCE).filter_map(differs).collect();
    if target.out.is_dir() {
        let new: BTreeSet<&Path> = bundle.artifacts.iter().map(|artifact| Path::new(&artifact.path)).collect();
        let ours = Existing::list(target.out)?.ours;
        let left = ours.iter().filter(|path| !new.contains(path.as_path()));
        found.extend(left.map(|path| (target.out.join(path), Difference::LeftOver)));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    if let Some(file) = target.zip {
        found.extend(difference(file, &archive(bundle)?, None).map(|difference| (file.to_owned(), difference)));
    }
    Ok(found)
}

fn difference(path: &Path, bytes: &[u8], mode: Option<u32>) -> Option<Difference> {
    match look(path, bytes, mode) {
        Ok(difference) => difference,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Some(Difference::Missing)
        }
        Err(error) => Some(Difference::Unreadable(words(&error))),
    }
}

fn look(path: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<Option<Difference>> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(Some(Difference::Unreadable("it isn't a regular file".to_owned())));
    }
    let file = open(path)?;
    let found = file.metadata()?.permissions().mode() & 0o7777;
    if !same_bytes(&file, bytes)? {
        return Ok(Some(Difference::Content));
    }
    Ok(mode.filter(|expected| *expected != found).map(|expected| Difference::Mode { found, expected }))
}
