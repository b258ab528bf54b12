//! Finds the artifacts that are already there, byte for byte and with their mode.
//!
//! The bytes are read, not the sums in the folder's list: a file that was changed by hand is found.

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

/// For each artifact: whether the folder has it as it is. What can't be read counts as different.
pub(crate) fn unchanged(bundle: &Bundle, out: &Path) -> Vec<bool> {
    let is_empty = || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    let (false, Ok(folder)) = (is_empty(), File::open(out)) else { return vec![false; bundle.artifacts.len()] };
    let is_there = |buffer: &mut Vec<u8>, artifact| is_there(artifact, &folder, buffer).unwrap_or(false);
    let buffer = || Vec::with_capacity(BUFFER);
    bundle.artifacts.par_iter().with_max_len(AT_ONCE).map_init(buffer, is_there).collect()
}

/// How much is read at once.
const BUFFER: usize = 32 * 1024;

fn is_there(artifact: &Artifact, folder: &File, buffer: &mut Vec<u8>) -> io::Result<bool> {
    let file = open_in(folder, Path::new(&artifact.path))?;
    let found = fstat(&file)?; // twice as fast as `File::metadata`, which asks for more
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile
        || u64::try_from(found.st_size) != Ok(artifact.bytes.len() as u64)
        || found.st_mode & 0o7777 != artifact.mode()
    {
        return Ok(false);
    }
    starts_with(&file, &artifact.bytes, buffer)
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
    Ok(file.metadata()?.len() == expected.len() as u64 && starts_with(file, expected, &mut Vec::with_capacity(BUFFER))?)
}

fn starts_with(file: &File, mut expected: &[u8], buffer: &mut Vec<u8>) -> io::Result<bool> {
    while !expected.is_empty() {
        buffer.clear();
        match rustix::io::read(file, spare_capacity(buffer)) {
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
