//! `missing-image`: a container has no image.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "missing-image", "missing_image.md", "a container has no image");

/// A task of a container driver names no image.
pub fn missing_image(task: &str, driver: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{task}` has no image"), place, format!("a {driver} task needs an `image`"))
        .help("add `image \"NAME:TAG\"`")
}
