//! A lab and its bundle, file by file, in `expected/`.

use super::{blessing, difference, hlmc};
use libtest_mimic::Failed;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use walkdir::WalkDir;

pub(crate) fn matches(lab: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let out = if blessing() { lab.join("expected") } else { folder.path().join("out") };
    build(lab, &out)?;
    compare_folders(&lab.join("expected"), &out)
}

/// Both folders have the same files.
pub(crate) fn compare_folders(expected: &Path, found: &Path) -> Result<(), Failed> {
    let (expected, mut found) = (files(expected), files(found));
    let mut differences = String::new();
    for (path, old) in &expected {
        match found.remove(path) {
            None => differences.push_str(&format!("{path}: isn't written any more\n")),
            Some(new) if new.executable != old.executable => differences.push_str(&format!("{path}: another mode\n")),
            Some(new) if new.bytes != old.bytes => {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                differences.push_str(&format!("{path}: {}", difference(&text(&old.bytes), &text(&new.bytes))));
            }
            Some(_) => {}
        }
    }
    found.keys().for_each(|path| differences.push_str(&format!("{path}: is new\n")));
    if differences.is_empty() { Ok(()) } else { Err(format!("{differences}`make bless` accepts it").into()) }
}

/// The lab builds, and there is nothing to say about it.
pub(crate) fn is_quiet(lab: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    build(lab, &folder.path().join("out"))
}

fn build(lab: &Path, out: &Path) -> Result<(), Failed> {
    let checked = hlmc(lab, &["check", "--lab", "."]).output()?;
    if !checked.stderr.is_empty() {
        return Err(format!("`hlmc check` said\n{}", String::from_utf8_lossy(&checked.stderr)).into());
    }
    let output = hlmc(lab, &["build", "--lab", ".", "--out"]).arg(out).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() && said.is_empty() && output.stdout.is_empty() {
        return Ok(());
    }
    Err(format!("ended with {} and said\n{said}", output.status).into())
}

pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    executable: bool,
}

pub(crate) fn files(folder: &Path) -> BTreeMap<String, Found> {
    let entries = WalkDir::new(folder).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    entries
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().display().to_string();
            let executable = entry.metadata().unwrap().permissions().mode() & 0o100 != 0;
            (path, Found { bytes: fs::read(entry.path()).unwrap(), executable })
        })
        .collect()
}
