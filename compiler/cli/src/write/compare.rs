//! Finds the artifacts that are already there, byte for byte and with their mode.

use hlmc_core::bundle::{Artifact, Bundle};
use rayon::prelude::*;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// For each artifact: whether the folder has it as it is. What can't be read counts as different.
pub(crate) fn unchanged(bundle: &Bundle, out: &Path) -> Vec<bool> {
    bundle.artifacts.par_iter().with_min_len(16).map(|artifact| is_there(artifact, out).unwrap_or(false)).collect()
}

fn is_there(artifact: &Artifact, out: &Path) -> io::Result<bool> {
    let mut file = open(&out.join(&artifact.path))?;
    let metadata = file.metadata()?;
    if !metadata.is_file()
        || metadata.len() != artifact.bytes.len() as u64
        || metadata.permissions().mode() & 0o7777 != artifact.mode()
    {
        return Ok(false);
    }
    same_bytes(&mut file, &artifact.bytes)
}

/// Opens what is at a path, but neither through a symlink nor waiting for the other end of a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    OpenOptions::new().read(true).custom_flags(i32::try_from(flags.bits()).unwrap_or(0)).open(path)
}

/// Whether a file holds exactly these bytes.
pub(crate) fn same_bytes(file: &mut File, mut expected: &[u8]) -> io::Result<bool> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 {
            return Ok(expected.is_empty());
        }
        match expected.strip_prefix(&buffer[..read]) {
            Some(rest) => expected = rest,
            None => return Ok(false),
        }
    }
}
