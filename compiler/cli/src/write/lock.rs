//! Keeps two runs from writing the same folder at once.
//!
//! The lock is on the folder itself, so no lock file lies around. Since a build replaces the folder, whoever had to
//! wait looks again whether what it has locked is still the one in place.

use super::place::Place;
use crate::failure::Failure;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The lock; it ends when this is dropped, or with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _folder: File,
}

/// Locks the folder of a bundle, which is made when it is missing. `waiting` is called when another run has it.
pub(crate) fn lock(place: &Place, waiting: impl FnOnce()) -> Result<Lock, Failure> {
    let mut waiting = Some(waiting);
    let failure = |error: io::Error| Failure::io("write to", &place.out, &error);
    loop {
        put_back(place)?;
        match fs::create_dir(&place.out) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Failure::io("create", &place.out, &error));
            }
            _ => {}
        }
        let folder = File::open(&place.out).map_err(failure)?;
        match folder.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                if let Some(waiting) = waiting.take() {
                    waiting();
                }
                folder.lock().map_err(failure)?;
            }
            Err(TryLockError::Error(_)) => {} // a file system without locks: go on without
        }
        if is_at(&folder, &place.out).map_err(failure)? {
            return Ok(Lock { _folder: folder });
        }
    }
}

/// Locks a folder that nobody else knows of yet.
pub(crate) fn hold(folder: &Path) -> Result<Lock, Failure> {
    let opened = File::open(folder).map_err(|error| Failure::io("open", folder, &error))?;
    let _ = opened.try_lock(); // a file system without locks: go on without
    Ok(Lock { _folder: opened })
}

/// Undoes the first of two renames when a run was killed between them.
fn put_back(place: &Place) -> Result<(), Failure> {
    if place.out.is_dir() || !place.old.is_dir() {
        return Ok(());
    }
    // A run that is alive still holds the lock of what it has moved away.
    let moved = File::open(&place.old).map_err(|error| Failure::io("read", &place.old, &error))?;
    let _ = moved.lock();
    if !place.out.is_dir() {
        fs::rename(&place.old, &place.out).map_err(|error| Failure::io("put back", &place.out, &error))?;
    }
    Ok(())
}

/// Whether an open file or folder is the one at this path.
pub(super) fn is_at(folder: &File, path: &Path) -> io::Result<bool> {
    let held = folder.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(there) => Ok(held.dev() == there.dev() && held.ino() == there.ino()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
