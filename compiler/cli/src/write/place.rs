//! Where a bundle goes: the folder itself, and the names beside it that a build uses in between.

use crate::disk::FOLDERS;
use crate::failure::Failure;
use hlmc_core::bundle::Bundle;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

/// The folder of a bundle, without symlinks, and its neighbours on the same file system.
#[derive(Debug)]
pub(crate) struct Place {
    /// What holds the bundle.
    pub(crate) out: PathBuf,
    /// Where the next bundle is made. After the swap it is the old one.
    pub(crate) stage: PathBuf,
    /// Where the old bundle waits when the file system can't swap two folders.
    pub(crate) old: PathBuf,
}

impl Place {
    /// Finds the folder and makes the folders above it.
    pub(crate) fn find(out: &Path, lab: &Path) -> Result<Self, Failure> {
        let out = resolve(out)?;
        refuse_sources(&out, lab)?;
        let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
            return Err(Failure::new(format!("`{}` can't be replaced by a bundle", out.display()))
                .help("name a folder below it"));
        };
        match fs::symlink_metadata(&out) {
            Ok(there) if !there.is_dir() => {
                return Err(Failure::new(format!("`{}` is there and isn't a folder", out.display())));
            }
            Ok(there) if fs::metadata(parent).is_ok_and(|parent| parent.dev() != there.dev()) => {
                return Err(mount_point(&out));
            }
            _ => {}
        }
        let beside = |ending: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(ending);
            parent.join(hidden)
        };
        Ok(Self { stage: beside(".hlmc-new"), old: beside(".hlmc-old"), out })
    }
}

/// The failure for a folder that is a mount point: nothing can be renamed over it.
pub(crate) fn mount_point(out: &Path) -> Failure {
    Failure::new(format!("`{}` is a mount point, so it can't be replaced in one step", out.display()))
        .help(format!("name a folder inside it: `--out {}`", out.join("bundle").display()))
}

/// The absolute path without symlinks; the folder itself may be missing, and the folders above it are made.
fn resolve(out: &Path) -> Result<PathBuf, Failure> {
    match fs::canonicalize(out) {
        Ok(path) => return Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Failure::io("write to", out, &error)),
    }
    if out.is_symlink() {
        return Err(Failure::new(format!("`{}` is a symlink to nothing", out.display())));
    }
    let Some(Component::Normal(name)) = out.components().next_back() else {
        return Err(Failure::new(format!("`{}` names no folder", out.display())));
    };
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|error| Failure::io("create", parent, &error))?;
    let parent = fs::canonicalize(parent).map_err(|error| Failure::io("write to", parent, &error))?;
    Ok(parent.join(name))
}

/// A bundle must not replace the manifests that it is made from.
fn refuse_sources(out: &Path, lab: &Path) -> Result<(), Failure> {
    let lab = fs::canonicalize(lab).map_err(|error| Failure::io("read", lab, &error))?;
    if lab.starts_with(out) || FOLDERS.iter().any(|folder| out.starts_with(lab.join(folder))) {
        return Err(Failure::new(format!("`{}` holds the lab's manifests", out.display()))
            .help("name another folder with `--out`, one that holds nothing else"));
    }
    Ok(())
}

/// Refuses a bundle with a path that leads out of its folder, or that is both a file and a folder.
pub(crate) fn check_paths(bundle: &Bundle) -> Result<(), Failure> {
    let mut before: Option<&str> = None;
    for path in bundle.artifacts.iter().map(|artifact| artifact.path.as_str()) {
        let plain = |part: &[u8]| !matches!(part, b"" | b"." | b"..");
        let nested = before.is_some_and(|before| path.strip_prefix(before).is_some_and(|rest| rest.starts_with('/')));
        let mut parts = path.as_bytes().split(|byte| *byte == b'/');
        if !parts.all(plain) || path.contains('\0') || nested || before == Some(path) {
            return Err(Failure::new(format!("internal: `{}` can't be a path in a bundle", path.escape_debug()))
                .help("this is a mistake in hlmc; nothing was written"));
        }
        before = Some(path);
    }
    Ok(())
}
