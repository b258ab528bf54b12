//! A lab with a mistake, and what `hlmc check` says about it in `expected.txt`.

use super::{compare, hlmc};
use libtest_mimic::Failed;
use std::path::Path;

pub(crate) fn matches(folder: &Path) -> Result<(), Failed> {
    let output = hlmc(folder, &["check", "--lab", "."]).output()?;
    let stderr = String::from_utf8(output.stderr.clone())?;
    let expected = folder.join("expected.txt");
    // A case of a warning, or of advice, has something to say and no error.
    if output.status.success() && (stderr.starts_with("warning[") || stderr.starts_with("advice[")) {
        return compare(&stderr, &expected);
    }
    said(&output, &expected)
}

/// It ended with errors of the lab, said this and nothing else.
pub(crate) fn said(output: &std::process::Output, expected: &Path) -> Result<(), Failed> {
    let stderr = String::from_utf8(output.stderr.clone())?;
    if output.status.code() != Some(1) || !output.stdout.is_empty() {
        return Err(format!("ended with {} where it had to find errors\n{stderr}", output.status).into());
    }
    compare(&stderr, expected)
}
