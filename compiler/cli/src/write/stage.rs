//! Makes the next folder of a bundle beside the one in place.

use super::existing::{Existing, Foreign, LIST};
use super::place::Place;
use crate::failure::Failure;
use hlmc_core::bundle::{Artifact, Bundle};
use hlmc_core::source::AT_ONCE;
use rayon::prelude::*;
use rustix::fs::{Mode, OFlags, mkdirat, openat};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File, FileTimes, Metadata, Permissions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, symlink};
use std::path::Path;

/// The staging folder while it is filled.
struct Stage<'a> {
    place: &'a Place,
    folder: File,
    /// Whether what is made here is known to have the mode that was asked for: neither the umask nor the file system takes
    /// anything away.
    modes_hold: bool,
}

/// Fills the staging folder: unchanged artifacts are linked, others written, and what is foreign is kept.
pub(crate) fn stage(bundle: &Bundle, unchanged: &[bool], existing: &Existing, place: &Place) -> Result<(), Failure> {
    let mut stage = Stage::make(place)?;
    let artifacts: Vec<(&Artifact, bool)> = bundle.artifacts.iter().zip(unchanged.iter().copied()).collect();
    let (list, others): (Vec<_>, Vec<_>) = artifacts.into_iter().partition(|(artifact, _)| artifact.path == LIST);
    // The list comes first: when this run is killed, the next one knows by it what may be deleted here.
    for (artifact, same) in list {
        stage.put(artifact, same)?;
        stage.modes_hold = stage.has_mode("", FOLDER_MODE)? && stage.has_mode(&artifact.path, artifact.mode())?;
    }
    let folders = folders(bundle, existing);
    stage.make_folders(&folders)?;
    others
        .par_chunks(AT_ONCE)
        .try_for_each(|some| some.iter().try_for_each(|(artifact, same)| stage.put(artifact, *same)))?;
    let foreign = existing.foreign.iter().filter(|(path, what)| **what == Foreign::File && !has(bundle, path));
    for (path, _) in foreign {
        let (from, to) = (place.out.join(path), place.stage.join(path));
        carry(&from, &to).map_err(|error| Failure::io("keep", &from, &error))?;
    }
    // Modes come last, the inner folders first: one that can't be written had to be filled before.
    let are_new = stage.modes_hold && existing.is_empty();
    let inner = folders.iter().rev().copied().filter(|_| !are_new);
    inner.chain([Path::new("")]).try_for_each(|folder| {
        let (new, old) = (place.stage.join(folder), place.out.join(folder));
        set_folder_mode(&new, &old).map_err(|error| Failure::io("create", &new, &error))
    })
}

/// Whether a bundle has a file at a path.
pub(crate) fn has(bundle: &Bundle, path: &Path) -> bool {
    path.to_str().is_some_and(|path| bundle.artifacts.binary_search_by(|it| it.path.as_str().cmp(path)).is_ok())
}

/// All folders of the next bundle, each after the ones above it.
fn folders<'a>(bundle: &'a Bundle, existing: &'a Existing) -> Vec<&'a Path> {
    let mut folders: Vec<&[u8]> = Vec::new();
    let mut before = "";
    for artifact in &bundle.artifacts {
        // The artifacts are sorted, so a folder that the one before doesn't lie in is a new one.
        let path = artifact.path.as_str();
        let shared = before.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
        let ends = path.bytes().enumerate().skip(shared).filter(|(_, byte)| *byte == b'/');
        folders.extend(ends.map(|(end, _)| &path.as_bytes()[..end]));
        before = path;
    }
    let foreign = existing.foreign.iter().filter(|(_, what)| **what == Foreign::Folder);
    folders.extend(foreign.map(|(path, _)| path.as_os_str().as_bytes()));
    folders.sort_unstable();
    folders.dedup();
    folders.into_iter().map(|folder| Path::new(OsStr::from_bytes(folder))).collect()
}

impl<'a> Stage<'a> {
    fn make(place: &'a Place) -> Result<Self, Failure> {
        let failure = |error: io::Error| Failure::io("create", &place.stage, &error);
        DirBuilder::new().mode(FOLDER_MODE).create(&place.stage).map_err(failure)?;
        let folder = File::open(&place.stage).map_err(failure)?;
        Ok(Self { place, folder, modes_hold: false })
    }

    /// Makes folders, level by level: those of one level don't need each other.
    fn make_folders(&self, folders: &[&Path]) -> Result<(), Failure> {
        let mut levels: BTreeMap<usize, Vec<&Path>> = BTreeMap::new();
        for folder in folders {
            let depth = folder.as_os_str().as_bytes().iter().filter(|byte| **byte == b'/').count();
            levels.entry(depth).or_default().push(folder);
        }
        let make = |folder: &&Path| {
            let made = mkdirat(&self.folder, *folder, Mode::from_bits_truncate(FOLDER_MODE));
            made.map_err(|error| Failure::io("create", &self.place.stage.join(folder), &error.into()))
        };
        levels.values().try_for_each(|level| level.par_iter().with_max_len(AT_ONCE).try_for_each(make))
    }

    /// Whether something that was made has its mode at once.
    fn has_mode(&self, path: &str, expected: u32) -> Result<bool, Failure> {
        let made = self.place.stage.join(path);
        let there = fs::symlink_metadata(&made).map_err(|error| Failure::io("read", &made, &error))?;
        Ok(mode(&there) == expected)
    }

    fn put(&self, artifact: &Artifact, same: bool) -> Result<(), Failure> {
        let to = || self.place.stage.join(&artifact.path);
        let done = if same { carry(&self.place.out.join(&artifact.path), &to()) } else { self.write(artifact) };
        done.map_err(|error| Failure::io("write", &to(), &error))
    }

    fn write(&self, artifact: &Artifact) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = openat(&self.folder, artifact.path.as_str(), flags, Mode::from_bits_truncate(artifact.mode()))?;
        let mut file = File::from(file);
        if !self.modes_hold && mode(&file.metadata()?) != artifact.mode() {
            file.set_permissions(Permissions::from_mode(artifact.mode()))?;
        }
        file.write_all(&artifact.bytes)
    }
}

/// The mode of a folder that the old bundle doesn't have.
const FOLDER_MODE: u32 = 0o755;

/// Gives a folder the mode that it has in the old bundle; whatever the umask has left of it.
fn set_folder_mode(folder: &Path, old: &Path) -> io::Result<()> {
    let wanted = match fs::symlink_metadata(old) {
        Ok(there) if there.is_dir() => mode(&there),
        _ => FOLDER_MODE,
    };
    if mode(&fs::metadata(folder)?) == wanted {
        return Ok(());
    }
    fs::set_permissions(folder, Permissions::from_mode(wanted))
}

fn mode(metadata: &Metadata) -> u32 {
    metadata.permissions().mode() & 0o7777
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
