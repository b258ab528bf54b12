//! A Compose file and what lies beside it in `given/`, and what `hlmc import` makes of it: the lab in `expected/`, what is said
//! in `expected.txt`. Without a lab it has to be an error.

use super::lab::{compare_folders, files};
use super::{blessing, compare, hlmc};
use libtest_mimic::Failed;
use std::fs;
use std::path::Path;

pub(crate) fn matches(case: &Path) -> Result<(), Failed> {
    let given = case.join("given");
    let named = |name: &str| name.contains("compose.y") && !name.contains("override");
    let mut names = fs::read_dir(&given)?.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let file = names.find(|name| named(name)).ok_or("no Compose file in `given/`")?;
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("lab");
    let output = hlmc(&given, &["import", &file, "--out"]).arg(&out).output()?;
    let said = String::from_utf8(output.stderr)?.replace(&out.display().to_string(), "LAB");
    compare(&said, &case.join("expected.txt"))?;
    let expected = case.join("expected");
    match output.status.code() {
        Some(0) if blessing() => {
            let _ = fs::remove_dir_all(&expected);
            for (path, found) in files(&out) {
                let file = expected.join(path);
                fs::create_dir_all(file.parent().unwrap())?;
                fs::write(file, found.bytes)?;
            }
            Ok(())
        }
        Some(0) => compare_folders(&expected, &out),
        Some(1) if expected.exists() => Err(format!("ended with errors where a lab was expected\n{said}").into()),
        Some(1) if !out.exists() => Ok(()),
        _ => Err(format!("ended with {}\n{said}", output.status).into()),
    }
}
