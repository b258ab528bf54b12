//! Deletes a folder that is out of use: the old bundle after a swap, or what a killed run left.
//!
//! What hlmc didn't write has a link in the folder in place by then. Something that was added or replaced while the
//! build ran hasn't: it is moved over, so nobody's file is lost.

use super::existing::{LIST, Owned};
use super::place::Place;
use crate::failure::Failure;
use std::cell::LazyCell;
use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use walkdir::WalkDir;

/// Deletes the folders beside the bundle that a build uses.
pub(crate) fn clean_up(place: &Place) -> Result<(), Failure> {
    for folder in [&place.stage, &place.old] {
        match fs::symlink_metadata(folder) {
            Ok(there) if there.is_dir() => {
                retire(folder, &place.out).map_err(|error| Failure::io("delete", folder, &error))?;
            }
            Ok(_) => {
                return Err(Failure::new(format!("`{}` isn't a folder and is in the way", folder.display()))
                    .help("hlmc makes the next bundle there: move it away"));
            }
            Err(_) => {}
        }
    }
    Ok(())
}

fn retire(folder: &Path, out: &Path) -> io::Result<()> {
    if fs::remove_dir(folder).is_ok() {
        return Ok(()); // it was empty: what a first build has swapped away
    }
    let (before, now) = (Owned::read(folder)?, LazyCell::new(|| Owned::read(out)));
    for entry in WalkDir::new(folder).min_depth(1).contents_first(true) {
        let entry = entry.map_err(walk_error)?;
        let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        if path == Path::new(LIST) {
            continue; // goes last: it says what else may go, to a later run too
        }
        if entry.file_type().is_dir() {
            delete(entry.path(), |path| fs::remove_dir(path))?;
            continue;
        }
        let in_place = || match &*now {
            Ok(now) => Ok(now.has(path)),
            Err(error) => Err(io::Error::from(error.kind())),
        };
        if before.has(path) || is_partial(path) || in_place()? {
            delete(entry.path(), |path| fs::remove_file(path))?;
        } else {
            rescue(entry.path(), &out.join(path))?;
        }
    }
    match fs::remove_file(folder.join(LIST)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::remove_dir(folder)
}

/// Deletes something, also from a folder that forbids it: this tree is out of use.
fn delete(path: &Path, how: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    match (how(path), path.parent()) {
        (Err(error), Some(folder)) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::set_permissions(folder, Permissions::from_mode(0o755))?;
            how(path)
        }
        (done, _) => done,
    }
}

/// Deletes a foreign file that is in place as well; moves it there when it isn't, or is newer.
fn rescue(from: &Path, to: &Path) -> io::Result<()> {
    let here = fs::symlink_metadata(from)?;
    match fs::symlink_metadata(to) {
        Ok(there) if same_file(&here, &there) || here.modified()? <= there.modified()? => {
            delete(from, |path| fs::remove_file(path))
        }
        _ => {
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::rename(from, to)
        }
    }
}

fn same_file(a: &Metadata, b: &Metadata) -> bool {
    a.dev() == b.dev() && a.ino() == b.ino()
}

fn is_partial(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b".hlmc-copy-"))
}

/// What the operating system said, without the path that walkdir puts around it.
pub(super) fn walk_error(error: walkdir::Error) -> io::Error {
    error.into_io_error().unwrap_or_else(|| io::Error::other("it can't be listed"))
}
