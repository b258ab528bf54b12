//! What lies in the folder of a bundle, and which of it hlmc has written.

use super::compare::open;
use super::retire::walk_error;
use crate::failure::Failure;
use hlmc_core::bundle::Bundle;
use rustix::fs::{AtFlags, CWD};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The list of files in a bundle, itself one of them.
pub(crate) const LIST: &str = "bundle.json";

/// Which files of a folder hlmc has written, by the folder's `bundle.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owned {
    /// These.
    Listed(BTreeSet<PathBuf>),
    /// There is a list and a power cut has emptied it: whatever a bundle has is taken for hlmc's.
    Lost,
    /// None: there is no list, or another program's.
    Nothing,
}

#[derive(Deserialize)]
struct List {
    compiler: String,
    files: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    path: PathBuf,
}

impl Owned {
    /// Reads the list of a folder. One that is there and can't be read is an error: without it hlmc's own files would
    /// be taken for somebody else's.
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let list = folder.join(LIST);
        match fs::symlink_metadata(&list) {
            Ok(there) if there.is_file() => {}
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => return Ok(Self::Nothing),
        }
        let mut bytes = Vec::new();
        open(&list)?.read_to_end(&mut bytes)?;
        Ok(Self::parse(&bytes))
    }

    fn parse(bytes: &[u8]) -> Self {
        if bytes.iter().all(|byte| *byte == 0) {
            return Self::Lost;
        }
        match serde_json::from_slice::<List>(bytes) {
            Ok(list) if list.compiler.starts_with("hlmc ") => {
                let listed = list.files.into_iter().map(|file| file.path);
                Self::Listed(listed.chain([PathBuf::from(LIST)]).collect())
            }
            _ => Self::Nothing,
        }
    }

    /// Whether hlmc has written the file at this path.
    pub(crate) fn has(&self, path: &Path) -> bool {
        matches!(self, Self::Listed(paths) if paths.contains(path))
    }
}

/// Something in the folder that hlmc didn't write, or a folder that holds such a thing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Foreign {
    /// A folder: empty, or with something foreign below.
    Folder,
    /// Anything else: a file, a symlink, a pipe.
    File,
}

/// All that lies in the folder of a bundle.
#[derive(Debug)]
pub(crate) struct Existing {
    /// What hlmc has written.
    pub(crate) ours: Vec<PathBuf>,
    /// What it hasn't, with the folders above; sorted, so a folder comes before what it holds.
    pub(crate) foreign: BTreeMap<PathBuf, Foreign>,
    owned: Owned,
}

impl Existing {
    /// Lists the folder.
    pub(crate) fn list(out: &Path) -> Result<Self, Failure> {
        let owned = Owned::read(out).map_err(|error| Failure::io("read", &out.join(LIST), &error))?;
        refuse_others_folder(out)?;
        let mut existing = Self { ours: Vec::new(), foreign: BTreeMap::new(), owned };
        let mut folders = BTreeSet::new();
        let mut with_content = BTreeSet::new();
        for entry in WalkDir::new(out).min_depth(1) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(out).to_owned();
                Failure::io("read", &path, &walk_error(error))
            })?;
            let path = entry.path().strip_prefix(out).unwrap_or(entry.path()).to_owned();
            with_content.extend(path.parent().map(Path::to_owned));
            if entry.file_type().is_dir() {
                refuse_others_folder(entry.path())?;
                folders.insert(path);
            } else if existing.owned.has(&path) {
                existing.ours.push(path);
            } else {
                existing.keep(&path, Foreign::File);
            }
        }
        for folder in folders.difference(&with_content) {
            existing.keep(folder, Foreign::Folder);
        }
        Ok(existing)
    }

    /// Whether nothing is there, not even an empty folder.
    pub(crate) fn is_empty(&self) -> bool {
        self.ours.is_empty() && self.foreign.is_empty()
    }

    fn keep(&mut self, path: &Path, what: Foreign) {
        self.foreign.insert(path.to_owned(), what);
        for above in path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty()) {
            self.foreign.insert(above.to_owned(), Foreign::Folder);
        }
    }

    /// Refuses a bundle that would overwrite something that hlmc didn't write.
    pub(crate) fn refuse_conflicts(&self, bundle: &Bundle, unchanged: &[bool]) -> Result<(), Failure> {
        if self.foreign.is_empty() {
            return Ok(());
        }
        for (artifact, same) in bundle.artifacts.iter().zip(unchanged) {
            let path = Path::new(&artifact.path);
            let in_the_way = match self.foreign.get(path) {
                Some(Foreign::File) => !same && self.owned != Owned::Lost,
                Some(Foreign::Folder) => true,
                None => false,
            };
            let above = path.ancestors().skip(1).find(|above| self.foreign.get(*above) == Some(&Foreign::File));
            if let Some(foreign) = above.or(in_the_way.then_some(path)) {
                return Err(Failure::new(format!("`{}` wasn't written by hlmc and is in the way", foreign.display()))
                    .help("move it away, or name another folder with `--out`; nothing was written"));
            }
        }
        Ok(())
    }
}

/// Refuses a folder of another user who doesn't let us delete what is in it: after the swap it would lie around.
fn refuse_others_folder(folder: &Path) -> Result<(), Failure> {
    let refused = |error: io::Error| Failure::io("write to", folder, &error);
    let owner = fs::symlink_metadata(folder).map_err(refused)?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    let access = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
    rustix::fs::accessat(CWD, folder, access, AtFlags::EACCESS).map_err(|error| refused(error.into()))
}
