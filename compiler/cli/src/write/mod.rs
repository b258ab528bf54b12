//! Writes a bundle: the folder changes in one step or not at all.
//!
//! The new folder is made beside the old one and swapped in with one system call, then the old one goes:
//!
//! 1. [`lock`] the folder, so that two runs don't meet, and clean up after a run that was killed.
//! 2. [`compare`] every artifact with what is there, unless that was done when it was made. Nothing differs: nothing is written.
//! 3. [`stage`] the new folder: what is unchanged is a hard link (and keeps its mtime), the rest is written, and what
//!    hlmc didn't write is linked over as it is.
//! 4. [`swap`] the two folders.
//! 5. [`retire`] the old folder.
//!
//! Nothing is synced to the disk: all of it can be built again, and to sync each file would take longer than the rest of
//! a build. A kill at any point leaves the whole old or the whole new folder; after a power cut files may be damaged, and
//! the next build finds that, since it compares bytes, and writes them again.

mod compare;
mod existing;
mod file;
mod lock;
mod place;
mod retire;
mod stage;
mod swap;
mod verify;
mod zip;

use crate::failure::Failure;
pub(crate) use compare::Found;
use existing::Existing;
use hlmc_core::bundle::Bundle;
use lock::Lock;
use place::Place;
use std::path::Path;

pub(crate) use file::replace_file;
pub(crate) use verify::verify;

/// What a build changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Written {
    /// Files that are new or have other bytes or another mode.
    pub(crate) changed: usize,
    /// Files of an earlier build that this one doesn't have.
    pub(crate) removed: usize,
}

/// Where a bundle goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The folder.
    pub(crate) out: &'a Path,
    /// The zip, if one is wanted.
    pub(crate) zip: Option<&'a Path>,
    /// The lab's folder, which must not be written over.
    pub(crate) lab: &'a Path,
}

/// Makes the folder, and the zip, hold the bundle. `found` is the folder that the bundle's files were compared with while they were
/// made, and `waiting` is called when another run has to finish first. `None` when that has put another folder in its place.
///
/// # Errors
/// When something can't be written or stands in the way; what couldn't be written is as it was before.
pub(crate) fn write(
    bundle: &Bundle,
    found: Option<&Found>,
    target: Target<'_>,
    waiting: impl FnOnce(),
) -> Result<Option<Written>, Failure> {
    place::check_paths(bundle)?;
    target.zip.map_or(Ok(()), zip::refuse_others)?;
    let place = Place::find(target.out, target.lab).map_err(unchanged)?;
    target
        .zip
        .map_or(Ok(()), zip::refuse_nowhere)
        .map_err(|failure| failure.unwritten("--zip", "nothing was written"))?;
    let _lock = lock::lock(&place, waiting).map_err(unchanged)?;
    retire::clean_up(&place).map_err(unchanged)?;
    let compared = || bundle.artifacts.iter().map(|artifact| artifact.is_there);
    let same = match found {
        Some(found) if found.is_at(&place.out) => compared().collect(),
        _ if compared().any(|is_there| is_there) => return Ok(None),
        _ => compare::unchanged(bundle, &place.out),
    };
    let (written, _next_lock) = replace(bundle, &same, &place)?;
    if let Some(file) = target.zip {
        let only_the_folder = "the folder is written, the zip is as it was";
        zip::write_zip(bundle, file).map_err(|failure| failure.unwritten("--zip", only_the_folder))?;
    }
    Ok(Some(written))
}

/// A failure before the folders were swapped.
fn unchanged(failure: Failure) -> Failure {
    failure.unwritten("--out", "the folder is as it was")
}

/// Writes the folder, but for the files that are the `same` there, and returns the lock of what has come into its place.
fn replace(bundle: &Bundle, same: &[bool], place: &Place) -> Result<(Written, Option<Lock>), Failure> {
    if same.iter().all(|same| *same) {
        return Ok((Written::default(), None));
    }
    let existing = Existing::list(&place.out).map_err(unchanged)?;
    existing.refuse_conflicts(bundle, same)?;
    let changed = same.iter().filter(|same| !**same).count();
    let removed = existing.ours.iter().filter(|path| !stage::has(bundle, path)).count();
    let staged = stage::stage(bundle, same, &existing, place);
    // The folder that comes into place is locked before it is there, until the old one is gone.
    let swapped = staged.and_then(|()| lock::hold(&place.stage)).and_then(|lock| swap::swap(place).map(|()| lock));
    let cleaned = retire::clean_up(place);
    let next_lock = swapped.map_err(unchanged)?;
    cleaned.map_err(|failure| failure.unwritten("--out", "the new bundle is in place"))?;
    Ok((Written { changed, removed }, Some(next_lock)))
}

#[cfg(test)]
mod tests;
