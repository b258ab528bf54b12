//! `bundle.json`: what is in the bundle, and where each file came from.

use super::Artifact;
use crate::source::AT_ONCE;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        digits.push(digit(byte >> 4));
        digits.push(digit(*byte));
    }
    digits
}

/// Lists the artifacts as `bundle.json`, which doesn't list itself; `lock` is the text of `hlmc.lock`.
///
/// Several threads write what stands in it for files.
#[must_use]
pub fn manifest(lab: &str, lock: Option<&str>, artifacts: &[Artifact]) -> Artifact {
    let parts: Vec<String> = artifacts.par_chunks(AT_ONCE).map(files).collect();
    let (lab, compiler) = (json(lab), json(concat!("hlmc ", env!("CARGO_PKG_VERSION"))));
    let lock = lock.map_or("null".to_owned(), |text| json(&hex(&Sha256::digest(text))));
    let head = format!("{{\n  \"lab\": {lab},\n  \"compiler\": {compiler},\n  \"lock\": {lock},\n  \"files\": [\n");
    let mut text = String::with_capacity(head.len() + parts.iter().map(|part| part.len() + 2).sum::<usize>() + 8);
    text.push_str(&head);
    for (at, part) in parts.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { ",\n" });
        text.push_str(part);
    }
    text.push_str("\n  ]\n}\n");
    Artifact::text("bundle", "bundle.json", text)
}

fn files(artifacts: &[Artifact]) -> String {
    let mut text = String::with_capacity(320 * artifacts.len());
    for artifact in artifacts {
        text.push_str(if text.is_empty() { "    {\n      \"path\": " } else { ",\n    {\n      \"path\": " });
        text.push_str(&json(&artifact.path));
        text.push_str(",\n      \"kind\": \"");
        text.push_str(artifact.kind);
        text.push_str(if artifact.executable { "\",\n      \"mode\": \"755" } else { "\",\n      \"mode\": \"644" });
        text.push_str("\",\n      \"sha256\": \"");
        text.push_str(&hex(&artifact.sum.unwrap_or_else(|| Sha256::digest(&artifact.bytes).into())));
        text.push('"');
        if let Some(source) = &artifact.source {
            text.push_str(",\n      \"source\": ");
            text.push_str(&json(source));
        }
        text.push_str("\n    }");
    }
    text
}

/// A text in quotes, as JSON has it.
fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_listed_with_its_sum_and_mode() {
        let list = manifest("home", Some("abc"), &[Artifact::script("a.sh", "abc").from("lab.kdl")]);
        let text = String::from_utf8(list.bytes).unwrap();
        // The sum of `abc` is the example of the standard.
        assert_eq!(
            text.matches("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").count(),
            2,
            "{text}"
        );
        assert!(text.contains("\"mode\": \"755\"") && text.contains("\"source\": \"lab.kdl\""), "{text}");
    }
}
