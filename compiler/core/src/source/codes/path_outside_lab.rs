//! `path-outside-lab`: a path leads out of the lab's folder.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "path-outside-lab", "path_outside_lab.md", "a path leads out of the lab's folder");

/// A manifest names a path that leads out of the lab, by `..`, from the root or through a symlink.
pub(crate) fn path_outside_lab(path: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{path}` leads out of the lab's folder"), place, "outside").help(
        "copy the file into the lab: a bundle is made of the lab's own files only, so that it is the same on every machine",
    )
}
