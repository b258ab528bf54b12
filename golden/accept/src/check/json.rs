//! JSON documents of our own, read by a JSON parser that isn't ours.

use crate::bundle::Bundle;
use crate::rule::Verdict;
use crate::site::Site;

/// Parses a document.
pub(crate) fn parse(_: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let text = bundle.text(path)?;
    Ok(match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(_) => Verdict::Accepted(None),
        Err(error) => Verdict::Refused(error.to_string()),
    })
}
