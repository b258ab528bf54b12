//! Finds the artifacts that are already there, byte for byte and with their mode.
//!
//! The bytes are read, not the sums in the folder's list: a file that was changed by hand is found.

use hlmc_core::bundle::{Artifact, Bundle};
use rayon::prelude::*;
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::AsFd;
use std::path::Path;

/// For each artifact: whether the folder has it as it is. What can't be read counts as different.
pub(crate) fn unchanged(bundle: &Bundle, out: &Path) -> Vec<bool> {
    let is_empty = || fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_none());
    let (false, Ok(folder)) = (is_empty(), File::open(out)) else { return vec![false; bundle.artifacts.len()] };
    let is_there = |buffer: &mut Vec<u8>, artifact| is_there(artifact, &folder, buffer).unwrap_or(false);
    bundle.artifacts.par_iter().with_min_len(8).with_max_len(16).map_init(|| vec![0; BUFFER], is_there).collect()
}

/// How much is read at once.
const BUFFER: usize = 32 * 1024;

fn is_there(artifact: &Artifact, folder: &File, buffer: &mut [u8]) -> io::Result<bool> {
    let mut file = open_in(folder, Path::new(&artifact.path))?;
    let found = fstat(&file)?; // twice as fast as `File::metadata`, which asks for more
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile
        || u64::try_from(found.st_size) != Ok(artifact.bytes.len() as u64)
        || found.st_mode & 0o7777 != artifact.mode()
    {
        return Ok(false);
    }
    starts_with(&mut file, &artifact.bytes, buffer)
}

/// Opens what is at a path, but neither through a symlink nor waiting for the other end of a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    open_in(CWD, path)
}

fn open_in(folder: impl AsFd, path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    loop {
        match openat(&folder, path, flags, Mode::empty()) {
            Err(rustix::io::Errno::INTR) => {}
            opened => return Ok(File::from(opened?)),
        }
    }
}

/// Whether a file holds exactly these bytes.
pub(crate) fn same_bytes(file: &mut File, expected: &[u8]) -> io::Result<bool> {
    Ok(file.metadata()?.len() == expected.len() as u64 && starts_with(file, expected, &mut vec![0; BUFFER])?)
}

fn starts_with(file: &mut File, mut expected: &[u8], buffer: &mut [u8]) -> io::Result<bool> {
    while !expected.is_empty() {
        let read = match file.read(buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        match expected.strip_prefix(&buffer[..read]) {
            Some(rest) if read > 0 => expected = rest,
            _ => return Ok(false),
        }
    }
    Ok(true)
}
