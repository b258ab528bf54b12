//! The zip: `unzip` gets the same bundle out of it.

use std::path::Path;

use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::{Site, make_folder};

/// Unpacks the zip, and compares what comes out with the bundle: names, contents, and what is executable.
pub(crate) fn unpack(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let folder = site.scratch.join("unpacked");
    // What another bundle left must not fill in for a file that is missing.
    let _ = std::fs::remove_dir_all(&folder);
    make_folder(&folder)?;
    let mut unzip = site.command("unzip")?;
    let unpacked = run(unzip.arg("-q").arg(bundle.root.join(path)).arg("-d").arg(&folder))?;
    if !unpacked.succeeded() {
        return Ok(Verdict::Refused(unpacked.report()));
    }
    let mut diff = site.command("diff")?;
    let ran = run(diff.arg("-r").arg(&bundle.root).arg(&folder))?;
    if !ran.succeeded() {
        return Ok(Verdict::Refused(ran.report()));
    }
    let wrong: Vec<String> = bundle
        .files
        .iter()
        .filter(|file| executable(&bundle.root.join(file)) != executable(&folder.join(file)))
        .map(|file| format!("`{file}` is executable in only one of them"))
        .collect();
    Ok(if wrong.is_empty() { Verdict::Accepted(None) } else { Verdict::Refused(wrong.join("\n")) })
}

fn executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o100 != 0)
}
