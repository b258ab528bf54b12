//! Lays a text out anew.

use crate::error::SyntaxError;

/// Lays a text out anew.
pub fn format(text: &str) -> Result<String, Vec<SyntaxError>> {
    let parse = crate::parse(text);
    if parse.errors.is_empty() { Ok(text.to_owned()) } else { Err(parse.errors) }
}
