//! Files of others, in `before/`, and the lab that is made of them, in `expected/`.

use super::lab::compare_folders;
use super::{blessing, compare, hlmc};
use libtest_mimic::Failed;
use std::fs;
use std::path::Path;

/// What is imported comes out as expected, as `hlmc fmt` would lay it out; with what is said where there is something to say.
pub(crate) fn matches(case: &Path) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("lab");
    let output = hlmc(case, &["import", "before", "--out"]).arg(&out).output()?;
    let (expected, said_before) = (case.join("expected"), case.join("said.txt"));
    if !output.stderr.is_empty() || said_before.exists() {
        compare(&String::from_utf8(output.stderr)?, &said_before)?;
    }
    if !out.exists() {
        return if expected.exists() { Err("there is no lab any more".into()) } else { Ok(()) };
    }
    if blessing() {
        let _ = fs::remove_dir_all(&expected);
        copy(&out, &expected)?;
    }
    if !hlmc(&out, &["fmt", "--check"]).output()?.stdout.is_empty() {
        return Err("it isn't laid out as `hlmc fmt` does it".into());
    }
    compare_folders(&expected, &out)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
