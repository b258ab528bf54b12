//! What the command line means: which lab, where to, how it is called in messages.

use crate::args::{BuildArgs, LabArgs};
use crate::failure::Failure;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The lab that a command works on.
#[derive(Debug)]
pub(crate) struct LabSettings {
    /// Its folder, absolute.
    pub(crate) root: PathBuf,
    /// Its folder as messages write it: relative to the working folder, empty when that is it.
    pub(crate) shown: PathBuf,
}

impl LabSettings {
    /// Finds the lab and sets the number of threads.
    pub(crate) fn resolve(args: &LabArgs) -> Result<Self, Failure> {
        if let Some(threads) = args.threads {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
            pool.map_err(|error| Failure::new(format!("can't start {threads} threads: {error}")))?;
        }
        let working = working_folder()?;
        let root = match &args.lab {
            Some(folder) => fs::canonicalize(folder).map_err(|error| Failure::io("open the lab", folder, &error))?,
            None => nearest_lab(&working)?,
        };
        if !root.is_dir() {
            return Err(Failure::new(format!("the lab `{}` isn't a folder", root.display())));
        }
        Ok(Self { shown: from_working_folder(&root, &working), root })
    }
}

/// What `hlmc build` writes.
#[derive(Debug)]
pub(crate) struct BuildSettings {
    /// The folder of the bundle.
    pub(crate) out: PathBuf,
    /// The zip, if one is wanted.
    pub(crate) zip: Option<PathBuf>,
}

impl BuildSettings {
    /// Fills in what wasn't said.
    pub(crate) fn resolve(args: &BuildArgs, lab: &LabSettings) -> Self {
        let out = args.out.clone().unwrap_or_else(|| lab.shown.join("out"));
        let beside = || {
            let mut name = out.file_name().map_or_else(|| OsString::from("out"), OsString::from);
            name.push(".zip");
            out.with_file_name(name)
        };
        let zip = args.zip.as_ref().map(|file| file.clone().unwrap_or_else(beside));
        Self { out, zip }
    }
}

/// The nearest folder upwards that has a `lab.kdl`, so that commands work anywhere in a lab.
pub(crate) fn nearest_lab(working: &Path) -> Result<PathBuf, Failure> {
    let lab = working.ancestors().find(|folder| folder.join("lab.kdl").exists());
    lab.map(Path::to_owned).ok_or_else(|| {
        Failure::new(format!("there is no `lab.kdl` in `{}` or a folder above it", working.display()))
            .help("`hlmc init` writes a lab to start with; `--lab DIR` names one elsewhere")
    })
}

/// The working folder, without symlinks.
pub(crate) fn working_folder() -> Result<PathBuf, Failure> {
    let working = env::current_dir().and_then(fs::canonicalize);
    working.map_err(|error| Failure::io("open the working folder", Path::new("."), &error))
}

/// A path as seen from the working folder: below it, above it, or absolute.
pub(crate) fn from_working_folder(path: &Path, working: &Path) -> PathBuf {
    if let Ok(below) = path.strip_prefix(working) {
        return below.to_owned();
    }
    match working.strip_prefix(path) {
        Ok(down) => down.components().map(|_| Component::ParentDir).collect(),
        Err(_) => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_paths_as_seen_from_the_working_folder() {
        let shown = |path, working| from_working_folder(Path::new(path), Path::new(working));
        assert_eq!(shown("/a/lab", "/a/lab"), Path::new(""));
        assert_eq!(shown("/a/lab", "/a"), Path::new("lab"));
        assert_eq!(shown("/a/lab", "/a/lab/services/web"), Path::new("../.."));
        assert_eq!(shown("/a/lab", "/b"), Path::new("/a/lab"));
    }
}
