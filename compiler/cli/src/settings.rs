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
        start_threads(args.threads)?;
        let working = working_folder()?;
        Self::from(args, &working, &working)
    }

    /// Finds the lab that a file belongs to, which needn't be there yet.
    pub(crate) fn of_file(args: &LabArgs, file: &Path) -> Result<Self, Failure> {
        let working = working_folder()?;
        Self::from(args, &working, &real(&working.join(file)))
    }

    /// The lab that is named, or the nearest from `start` upwards.
    fn from(args: &LabArgs, working: &Path, start: &Path) -> Result<Self, Failure> {
        let root = match &args.lab {
            Some(folder) => fs::canonicalize(folder).map_err(|error| Failure::io("open the lab", folder, &error))?,
            None => nearest_lab(start)?,
        };
        if !root.is_dir() {
            return Err(Failure::new(format!("the lab `{}` isn't a folder", root.display())));
        }
        Ok(Self { shown: from_working_folder(&root, working), root })
    }

    /// The path of a file from the lab's folder on, with `/` between its parts. There may be no such file.
    pub(crate) fn path_of(&self, file: &Path) -> Result<String, Failure> {
        let failure = |what: &str| Failure::new(format!("`{}` {what}", file.display()));
        let absolute = working_folder()?.join(file);
        if absolute.is_dir() {
            return Err(failure("is a folder").help("`--path` names a file of the lab"));
        }
        // As it is called, which a link in the lab may have given it, or else as it really is.
        let called: PathBuf = absolute.components().filter(|part| *part != Component::CurDir).collect();
        let plain = !called.components().any(|part| part == Component::ParentDir);
        let names = [plain.then(|| called.clone()), Some(real(&absolute))];
        let path = names.iter().flatten().find_map(|name| name.strip_prefix(&self.root).ok());
        let path = path.ok_or_else(|| {
            failure(&format!("isn't in the lab `{}`", self.root.display())).help("`--lab DIR` names another lab")
        })?;
        path.to_str().map(str::to_owned).ok_or_else(|| failure("has a name that isn't valid UTF-8"))
    }
}

/// Starts the threads that share the work; by default one for each processor. This one is among them: as one more it would
/// share a processor with another, while one has nothing to do.
fn start_threads(threads: Option<u16>) -> Result<(), Failure> {
    let wanted = usize::from(threads.unwrap_or(0));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(wanted).use_current_thread().build_global();
    match threads {
        Some(threads) => pool.map_err(|error| Failure::new(format!("can't start {threads} threads: {error}"))),
        None => Ok(()),
    }
}

/// A path without symlinks as far as it is there, and as it is called from there on.
fn real(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|folder| Some((folder, fs::canonicalize(folder).ok()?)));
    match known {
        // Joining nothing would put a `/` behind.
        Some((folder, real)) if folder == path => real,
        Some((folder, real)) => path.strip_prefix(folder).map_or_else(|_| real.clone(), |rest| real.join(rest)),
        None => path.to_owned(),
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
