//! Builds the bundles of the repository's own labs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bundle::Bundle;
use crate::program::run;
use crate::say;

/// Builds the root lab and each lab under `golden/labs/`, and reads their bundles.
pub(crate) fn build_all(repository: &Path, scratch: &Path) -> Result<Vec<Bundle>, String> {
    let mut labs = Vec::new();
    if repository.join("lab.kdl").exists() {
        labs.push(("root lab".to_owned(), repository.to_owned()));
    }
    for lab in folders(&repository.join("golden/labs"))? {
        if let Some(name) = lab.file_name() {
            labs.push((name.to_string_lossy().into_owned(), lab));
        }
    }
    if labs.is_empty() {
        return Err("no lab to build: neither `lab.kdl` nor a folder in `golden/labs`".to_owned());
    }
    let hlmc = repository.join("target/release/hlmc");
    labs.iter()
        .enumerate()
        .map(|(index, (name, lab))| {
            let out = scratch.join(format!("lab-{index}")).join("out");
            crate::site::make_folder(&out)?;
            say(&format!("building {name}\n"));
            let ran = run(Command::new(&hlmc).arg("build").arg("--lab").arg(lab).arg("--zip").arg("--out").arg(&out))?;
            if !ran.succeeded() {
                return Err(format!("hlmc cannot build {name}:\n{}", ran.report()));
            }
            Bundle::read(name, &out)
        })
        .collect()
}

/// The folders inside a folder, sorted; none when it isn't there.
fn folders(parent: &Path) -> Result<Vec<PathBuf>, String> {
    if !parent.exists() {
        return Ok(Vec::new());
    }
    let unreadable = |error| format!("cannot read `{}`: {error}", parent.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(parent).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
