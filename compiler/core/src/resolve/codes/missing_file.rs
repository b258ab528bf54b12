//! `missing-file`: a file that a manifest names isn't there.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Spanned;

code!(Error, "missing-file", "missing_file.md", "a file that a manifest names isn't there");

/// A `file` or `template` names a file that isn't there; `near` is one with a similar name in its folder.
pub fn missing_file(path: &str, source: &Spanned<String>, near: Option<&str>) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no file `{path}`"), source.span, "named here")
        .help(format!("create `{path}`; paths count from the manifest's folder"))
        .did_you_mean_value(source, near)
}
