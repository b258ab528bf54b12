//! Makes the next folder of a bundle beside the one in place.

use super::existing::{Existing, Foreign, LIST};
use super::place::Place;
use crate::failure::Failure;
use hlmc_core::bundle::{Artifact, Bundle};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, FileTimes, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::Path;

/// Fills the staging folder: unchanged artifacts are linked, others written, and what is foreign is kept.
pub(crate) fn stage(bundle: &Bundle, unchanged: &[bool], existing: &Existing, place: &Place) -> Result<(), Failure> {
    make_folder(&place.stage)?;
    let artifacts: Vec<(&Artifact, bool)> = bundle.artifacts.iter().zip(unchanged.iter().copied()).collect();
    let (list, others): (Vec<_>, Vec<_>) = artifacts.into_iter().partition(|(artifact, _)| artifact.path == LIST);
    // The list comes first: when this run is killed, the next one knows by it what may be deleted here.
    for (artifact, same) in list {
        put(artifact, same, place)?;
    }
    let folders = folders(bundle, existing);
    folders.iter().try_for_each(|folder| make_folder(&place.stage.join(folder)))?;
    others
        .par_chunks(32)
        .try_for_each(|some| some.iter().try_for_each(|(artifact, same)| put(artifact, *same, place)))?;
    let artifacts: BTreeSet<&Path> = bundle.artifacts.iter().map(|artifact| Path::new(&artifact.path)).collect();
    let foreign =
        existing.foreign.iter().filter(|(path, what)| **what == Foreign::File && !artifacts.contains(path.as_path()));
    for (path, _) in foreign {
        let (from, to) = (place.out.join(path), place.stage.join(path));
        carry(&from, &to).map_err(|error| Failure::io("keep", &from, &error))?;
    }
    // Modes come last, the inner folders first: one that can't be written had to be filled before.
    let all = [Path::new("")].into_iter().chain(folders);
    all.rev().try_for_each(|folder| {
        let (new, old) = (place.stage.join(folder), place.out.join(folder));
        set_folder_mode(&new, &old).map_err(|error| Failure::io("create", &new, &error))
    })
}

/// All folders of the next bundle, each after the ones above it.
fn folders<'a>(bundle: &'a Bundle, existing: &'a Existing) -> BTreeSet<&'a Path> {
    let of_artifacts = bundle.artifacts.iter().flat_map(|artifact| Path::new(&artifact.path).ancestors().skip(1));
    let foreign = existing.foreign.iter().filter(|(_, what)| **what == Foreign::Folder).map(|(path, _)| path.as_path());
    of_artifacts.chain(foreign).filter(|folder| !folder.as_os_str().is_empty()).collect()
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir(folder).map_err(|error| Failure::io("create", folder, &error))
}

/// Gives a folder the mode that it has in the old bundle, or 755; whatever the umask has left of it.
fn set_folder_mode(folder: &Path, old: &Path) -> io::Result<()> {
    let mode = match fs::symlink_metadata(old) {
        Ok(there) if there.is_dir() => there.permissions().mode() & 0o7777,
        _ => 0o755,
    };
    if fs::metadata(folder)?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    fs::set_permissions(folder, Permissions::from_mode(mode))
}

fn put(artifact: &Artifact, same: bool, place: &Place) -> Result<(), Failure> {
    let to = place.stage.join(&artifact.path);
    let done = if same { carry(&place.out.join(&artifact.path), &to) } else { write(artifact, &to) };
    done.map_err(|error| Failure::io("write", &to, &error))
}

fn write(artifact: &Artifact, to: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(artifact.mode()).open(to)?;
    if file.metadata()?.permissions().mode() & 0o7777 != artifact.mode() {
        file.set_permissions(Permissions::from_mode(artifact.mode()))?; // the umask has taken some
    }
    file.write_all(&artifact.bytes)
}

/// Takes something over as it is: a hard link, or a copy with its times where there can be none.
fn carry(from: &Path, to: &Path) -> io::Result<()> {
    let Err(error) = fs::hard_link(from, to) else { return Ok(()) };
    let metadata = fs::symlink_metadata(from)?;
    if metadata.is_symlink() {
        return symlink(fs::read_link(from)?, to);
    }
    if !metadata.is_file() {
        return Err(error);
    }
    // Under another name first: a copy that is there under its own name is always whole.
    let mut name = OsString::from(".hlmc-copy-");
    name.push(to.file_name().unwrap_or_default());
    let partial = to.with_file_name(name);
    fs::copy(from, &partial)?;
    let copy = File::options().write(true).open(&partial)?;
    copy.set_times(FileTimes::new().set_accessed(metadata.accessed()?).set_modified(metadata.modified()?))?;
    copy.set_permissions(Permissions::from_mode(metadata.permissions().mode()))?;
    fs::rename(&partial, to)
}
