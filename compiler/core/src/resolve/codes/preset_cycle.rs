//! `preset-cycle`: a preset takes in itself.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Spanned;

code!(Error, "preset-cycle", "preset_cycle.md", "a preset takes in itself");

/// A preset takes in itself; `within` is the way from where it is taken in first.
pub fn preset_cycle(name: &Spanned<String>, within: &[Spanned<String>]) -> Diagnostic {
    let through: Vec<String> = within.iter().skip(1).map(|preset| format!("`{}`", preset.value)).collect();
    let through = if through.is_empty() { String::new() } else { format!(" through {}", through.join(", ")) };
    let message = format!("preset `{}` takes in itself{through}", name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, name.span, "taken in again here");
    for (at, preset) in within.iter().enumerate() {
        let label = if at == 0 { "first taken in here".to_owned() } else { format!("it takes in `{}`", preset.value) };
        diagnostic = diagnostic.also(preset.span, label);
    }
    diagnostic.help("leave one of the `preset` lines out")
}
