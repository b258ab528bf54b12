//! A lab as it was when it was looked at last: which files there were, and what those that haven't changed since hold.

use crate::disk::DiskWorld;
use hlmc_core::source::{ReadError, World};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// By what a file that changes is told: when it was written, its size, and which file it is. `None` where there is none.
type Stamp = Option<(i64, i64, u64, u64, u64)>;

/// What a file holds.
type Bytes = Result<Vec<u8>, ReadError>;

/// One file that the lab lists.
#[derive(Debug)]
struct File {
    stamp: Stamp,
    refusal: Option<ReadError>,
    bytes: Option<Bytes>,
}

/// What was seen of a lab.
#[derive(Debug)]
pub(super) struct Seen {
    root: PathBuf,
    world: Option<DiskWorld>,
    files: BTreeMap<String, File>,
    /// What was read without being listed: hidden files, and those beside the lab's folders, that a service names.
    others: Mutex<BTreeMap<String, (Stamp, Bytes)>>,
    changes: Changes,
}

/// What has changed.
#[derive(Debug, Default)]
struct Changes {
    /// Listed files that were there before.
    files: BTreeSet<String>,
    /// Anything else: files that have come or gone, or weren't listed.
    others: bool,
}

impl Seen {
    /// The lab in a folder, at which nobody has looked yet.
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            world: None,
            files: BTreeMap::new(),
            others: Mutex::default(),
            changes: Changes::default(),
        }
    }

    /// Looks at the lab again; whether anything has changed.
    pub(super) fn look(&mut self) -> bool {
        let was_there = self.is_there();
        self.world = DiskWorld::open(&self.root).ok();
        let mut changes = Changes { others: !was_there, ..Changes::default() };
        let Some(world) = &self.world else {
            self.files.clear();
            self.changes.others = true;
            return was_there;
        };
        let root = &self.root;
        let others = self.others.get_mut().unwrap_or_else(PoisonError::into_inner);
        let before = others.len();
        others.retain(|path, (seen, _)| *seen == stamp(&root.join(path)));
        changes.others |= others.len() != before;
        let listed: Vec<(String, Option<ReadError>, Stamp)> = world
            .files()
            .into_par_iter()
            .map(|listed| {
                let (path, refusal) = match listed {
                    Ok(path) => (path, None),
                    Err((path, error)) => (path, Some(error)),
                };
                let stamp = stamp(&root.join(&path));
                (path, refusal, stamp)
            })
            .collect();
        let mut files = BTreeMap::new();
        for (path, refusal, stamp) in listed {
            let known = self.files.remove(&path);
            let was_listed = known.as_ref().is_some_and(|file| file.refusal == refusal);
            let file = known.filter(|file| file.stamp == stamp && was_listed).unwrap_or_else(|| {
                match was_listed {
                    true => drop(changes.files.insert(path.clone())),
                    false => changes.others = true,
                }
                File { stamp, refusal, bytes: None }
            });
            files.insert(path, file);
        }
        changes.others |= !self.files.is_empty();
        self.files = files;
        let changed = changes.others || !changes.files.is_empty();
        self.changes.files.append(&mut changes.files);
        self.changes.others |= changes.others;
        changed
    }

    /// Whether there is a lab.
    pub(super) fn is_there(&self) -> bool {
        self.world.is_some()
    }

    /// Reads what has changed since the last time, and names the files where nothing but listed files did.
    pub(super) fn read_changed(&mut self) -> Option<BTreeSet<String>> {
        let changes = std::mem::take(&mut self.changes);
        let changed = (!changes.others).then_some(changes.files);
        let Some(world) = &self.world else { return changed };
        let unread: Vec<(&String, &mut File)> =
            self.files.iter_mut().filter(|(_, file)| file.bytes.is_none()).collect();
        unread.into_par_iter().for_each(|(path, file)| file.bytes = Some(world.read(path)));
        changed
    }
}

/// The stamp of a file, or of what its link leads to.
fn stamp(path: &Path) -> Stamp {
    let found = fs::metadata(path).ok()?;
    Some((found.mtime(), found.mtime_nsec(), found.size(), found.ino(), found.dev()))
}

impl World for Seen {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        let listed = |(path, file): (&String, &File)| match &file.refusal {
            None => Ok(path.clone()),
            Some(error) => Err((path.clone(), error.clone())),
        };
        self.files.iter().map(listed).collect()
    }

    fn read(&self, path: &str) -> Bytes {
        if let Some(bytes) = self.files.get(path).and_then(|file| file.bytes.as_ref()) {
            return bytes.clone();
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let read = || {
            let stamp = stamp(&self.root.join(path)); // before its bytes: what is written meanwhile shows next time
            (stamp, self.world.as_ref().map_or(Err(ReadError::NotFound), |world| world.read(path)))
        };
        others.entry(path.to_owned()).or_insert_with(read).1.clone()
    }
}
