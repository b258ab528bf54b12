//! A file that becomes enormous once it is read.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "yaml-too-large", "yaml_too_large.md", "a file that becomes enormous once its aliases are put in place");

/// Too many values, as aliases of aliases give.
pub(in crate::import::yaml) fn too_large(most: usize, place: Span) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("with its aliases put in place, the file has more than {most} values"),
        place,
        "the one that is too many",
    )
    .help("write out what is meant in place of aliases that hold aliases")
}

/// Too many levels.
pub(in crate::import::yaml) fn too_deep(most: usize, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("lists and maps nest deeper than {most} levels"), place, "one level too deep")
        .help("a Compose file has about ten levels: look for brackets that aren't closed")
}
