//! Text that anybody may have written, on one line.

use std::fmt::Write as _;

/// A text between quotes, on one line whoever breaks it: a string of JSON and of Go's template language.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_on_its_line() {
        assert_eq!(quoted("a\n\"b\\\u{85}\u{2028}"), "\"a\\u000a\\\"b\\\\\\u0085\\u2028\"");
    }
}
