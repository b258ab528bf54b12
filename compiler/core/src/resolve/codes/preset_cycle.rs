//! `preset-cycle`: a preset takes in itself.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Spanned;

code!(Error, "preset-cycle", "preset_cycle.md", "a preset takes in itself");

/// A preset takes in itself, directly or through others.
pub fn preset_cycle(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(&CODE, format!("preset `{}` takes in itself", name.value), name.span, "taken in again here")
        .help("leave one of the `preset` lines out")
}
