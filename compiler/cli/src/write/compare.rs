//! Finds the artifacts that are already there, byte for byte and with their mode.
//!
//! The bytes are read, not the sums in the folder's list: a file that was changed by hand is found.

use super::lock::is_at;
use hlmc_core::bundle::{Artifact, Bundle};
use hlmc_core::source::AT_ONCE;
use rayon::prelude::*;
use rustix::buffer::spare_capacity;
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use rustix::io::Errno;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

/// The folder of a bundle as it is found, to compare with.
#[derive(Debug)]
pub(crate) struct Found {
    /// `None` where there is nothing to compare with.
    folder: Option<File>,
}

impl Found {
    /// Opens the folder of a bundle, if there is one that holds anything.
    pub(crate) fn at(out: &Path) -> Self {
        let has_something = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        Self { folder: if has_something { File::open(out).ok() } else { None } }
    }

    /// Whether the folder has an artifact as it is. What can't be read counts as different.
    pub(crate) fn has(&self, artifact: &Artifact) -> bool {
        self.folder.as_ref().is_some_and(|folder| is_there(artifact, folder).unwrap_or(false))
    }

    /// Whether the folder is still the one in place: a build puts another there, and changes none.
    pub(crate) fn is_at(&self, out: &Path) -> bool {
        self.folder.as_ref().is_some_and(|folder| is_at(folder, out).unwrap_or(false))
    }
}

/// For each artifact: whether it is in place as it is.
pub(crate) fn unchanged(bundle: &Bundle, out: &Path) -> Vec<bool> {
    let found = Found::at(out);
    bundle.artifacts.par_iter().with_max_len(AT_ONCE).map(|artifact| found.has(artifact)).collect()
}

/// How much is read at once.
const BUFFER: usize = 32 * 1024;

fn is_there(artifact: &Artifact, folder: &File) -> io::Result<bool> {
    let file = open_in(folder, Path::new(&artifact.path))?;
    let found = fstat(&file)?; // twice as fast as `File::metadata`, which asks for more
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile
        || u64::try_from(found.st_size) != Ok(artifact.bytes.len() as u64)
        || found.st_mode & 0o7777 != artifact.mode()
    {
        return Ok(false);
    }
    starts_with(&file, &artifact.bytes)
}

/// Opens what is at a path, but neither through a symlink nor waiting for the other end of a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    open_in(CWD, path)
}

fn open_in(folder: impl AsFd, path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    loop {
        match openat(&folder, path, flags, Mode::empty()) {
            Err(Errno::INTR) => {}
            opened => return Ok(File::from(opened?)),
        }
    }
}

/// Whether a file holds exactly these bytes.
pub(crate) fn same_bytes(file: &File, expected: &[u8]) -> io::Result<bool> {
    Ok(file.metadata()?.len() == expected.len() as u64 && starts_with(file, expected)?)
}

fn starts_with(file: &File, mut expected: &[u8]) -> io::Result<bool> {
    let mut buffer = Vec::with_capacity(expected.len().min(BUFFER));
    while !expected.is_empty() {
        buffer.clear();
        match rustix::io::read(file, spare_capacity(&mut buffer)) {
            Ok(_) => {}
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        }
        match expected.strip_prefix(buffer.as_slice()) {
            Some(rest) if !buffer.is_empty() => expected = rest,
            _ => return Ok(false),
        }
    }
    Ok(true)
}
