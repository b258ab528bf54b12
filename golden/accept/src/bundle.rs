//! A built bundle on disk: the files that its `bundle.json` lists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The list of a bundle's files, itself a file of the bundle.
pub(crate) const LIST: &str = "bundle.json";

/// The same bundle as one file, which lies beside the folder.
pub(crate) const ZIP: &str = "../out.zip";

/// A bundle to be accepted.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// The lab's name, for messages.
    pub(crate) name: String,
    /// The folder that it lies in.
    pub(crate) root: PathBuf,
    /// The paths of its files, sorted, relative to the folder; the zip is among them.
    pub(crate) files: Vec<String>,
    /// What is wrong with the bundle as a whole: files listed but absent, or there but not listed.
    pub(crate) faults: Vec<String>,
}

impl Bundle {
    /// Reads the bundle in a folder.
    pub(crate) fn read(name: &str, root: &Path) -> Result<Self, String> {
        let listed = listed_files(&root.join(LIST))?;
        let mut present = BTreeSet::new();
        walk(root, root, &mut present)?;
        present.remove(LIST);
        let mut faults = Vec::new();
        for path in listed.difference(&present) {
            faults.push(format!("`{path}` is in `{LIST}` but not in the bundle"));
        }
        for path in present.difference(&listed) {
            faults.push(format!("`{path}` is in the bundle but not in `{LIST}`"));
        }
        let mut files: BTreeSet<String> = listed.intersection(&present).cloned().collect();
        files.insert(LIST.to_owned());
        if root.join(ZIP).exists() {
            files.insert(ZIP.to_owned());
        }
        Ok(Self { name: name.to_owned(), root: root.to_owned(), files: files.into_iter().collect(), faults })
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Result<String, String> {
        let file = self.root.join(path);
        std::fs::read_to_string(&file).map_err(|error| format!("cannot read `{}`: {error}", file.display()))
    }
}

fn listed_files(list: &Path) -> Result<BTreeSet<String>, String> {
    let text = std::fs::read_to_string(list).map_err(|error| format!("cannot read `{}`: {error}", list.display()))?;
    let json: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("`{}` isn't JSON: {error}", list.display()))?;
    let files = json
        .get("files")
        .and_then(|files| files.as_array())
        .ok_or_else(|| format!("`{}` has no list `files`", list.display()))?;
    files
        .iter()
        .map(|file| {
            file.get("path")
                .and_then(|path| path.as_str())
                .map(str::to_owned)
                .ok_or_else(|| format!("a file in `{}` has no `path`", list.display()))
        })
        .collect()
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeSet<String>) -> Result<(), String> {
    let unreadable = |error| format!("cannot read `{}`: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() && !path.is_symlink() {
            walk(root, &path, found)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            found.insert(relative.to_string_lossy().into_owned());
        }
    }
    Ok(())
}
