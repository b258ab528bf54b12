//! A generated lab on one file system, with its bundle.

use crate::generate::{Size, generate};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

/// A lab, its bundle, and the folder that both lie in.
#[derive(Debug)]
pub(crate) struct Lab {
    /// All of it; deleted at the end.
    pub(crate) folder: PathBuf,
    /// The lab's folder.
    pub(crate) manifests: PathBuf,
    /// Its bundle on disk.
    pub(crate) bundle: PathBuf,
    /// The folders of the bundle, each after the ones above it.
    pub(crate) folders: Vec<PathBuf>,
    /// The files of the bundle.
    pub(crate) files: Vec<(PathBuf, Vec<u8>)>,
    /// The program.
    pub(crate) hlmc: PathBuf,
}

impl Lab {
    /// Generates the lab and builds it once.
    pub(crate) fn make(size: Size, folder: &Path, hlmc: &Path) -> io::Result<Self> {
        let (manifests, bundle) = (folder.join("lab"), folder.join("bundle"));
        generate(size, &manifests)?;
        let built = Command::new(hlmc).arg("build").arg("--lab").arg(&manifests).arg("--out").arg(&bundle).status()?;
        if !built.success() {
            return Err(io::Error::other(format!("the lab in {} doesn't build", manifests.display())));
        }
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for entry in WalkDir::new(&bundle).min_depth(1).sort_by_file_name() {
            let entry = entry?;
            let path = entry.path().strip_prefix(&bundle).unwrap_or(entry.path()).to_owned();
            if entry.file_type().is_dir() {
                folders.push(path);
            } else {
                files.push((path, fs::read(entry.path())?));
            }
        }
        Ok(Self { folder: folder.to_owned(), manifests, bundle, folders, files, hlmc: hlmc.to_owned() })
    }

    /// Bytes of all files of the bundle.
    pub(crate) fn bytes(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
        rustix::fs::sync(); // or the deletion is paid for by what is measured next
    }
}
