//! Puts the staged folder in place of the old one.

use super::place::{Place, mount_point};
use crate::failure::Failure;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use std::fs;

/// Exchanges the two folders in one step; where the file system can't, renames one after the other, which
/// [`lock`](super::lock) undoes if it is killed in between.
pub(crate) fn swap(place: &Place) -> Result<(), Failure> {
    match renameat_with(CWD, &place.stage, CWD, &place.out, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => rename_both(place),
        Err(error) => Err(failure(error.into(), place)),
    }
}

/// The second way: away with the old one, then in with the new one.
pub(super) fn rename_both(place: &Place) -> Result<(), Failure> {
    fs::rename(&place.out, &place.old).map_err(|error| failure(error, place))?;
    fs::rename(&place.stage, &place.out).map_err(|error| {
        let _ = fs::rename(&place.old, &place.out);
        failure(error, place)
    })
}

fn failure(error: std::io::Error, place: &Place) -> Failure {
    if error.raw_os_error() == Some(Errno::BUSY.raw_os_error()) {
        return mount_point(&place.out);
    }
    Failure::io("replace", &place.out, &error)
}
