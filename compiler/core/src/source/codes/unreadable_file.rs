//! `unreadable-file`: a file of the lab can't be read.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "unreadable-file", "unreadable_file.md", "a file of the lab can't be read");

/// A manifest, or a file that one names, can't be read; `reason` is the operating system's.
pub(crate) fn unreadable_file(path: &str, reason: &str, place: Span) -> Diagnostic {
    let help = if reason.contains("permission") {
        "whoever runs hlmc has to be able to read it: `ls -l` shows who may"
    } else {
        "mend or remove it: nothing is built from a part of a lab"
    };
    Diagnostic::new(&CODE, format!("`{path}` can't be read: {reason}"), place, "needed here").help(help)
}

/// A file isn't UTF-8; `line` is the first that isn't.
pub(crate) fn not_utf8(path: &str, line: usize, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{path}` is not UTF-8 text: line {line} has other bytes"), place, "read here")
        .help("save the file as UTF-8; hlmc reads and writes no other encoding")
}

/// A file is larger than a manifest or a configuration file can sensibly be.
pub(crate) fn too_large(path: &str, size: usize, limit: usize, place: Span) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("`{path}` has {size} bytes, more than the {limit} that hlmc reads"),
        place,
        "read here",
    )
    .help("keep data in a volume, not beside a manifest")
}
