//! `bundle.json`: what is in the bundle, and where each file came from.

use super::Artifact;
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Serialize)]
struct Manifest<'a> {
    lab: &'a str,
    compiler: &'static str,
    /// SHA-256 of `hlmc.lock`.
    lock: Option<String>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    kind: &'static str,
    mode: &'static str,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

impl<'a> File<'a> {
    fn of(artifact: &'a Artifact) -> Self {
        Self {
            path: &artifact.path,
            kind: artifact.kind,
            mode: if artifact.executable { "755" } else { "644" },
            sha256: hex(&Sha256::digest(&artifact.bytes)),
            source: artifact.source.as_deref(),
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Lists the artifacts as `bundle.json`, which doesn't list itself; `lock` is the text of `hlmc.lock`.
#[must_use]
pub fn manifest(lab: &str, lock: Option<&str>, artifacts: &[Artifact]) -> Artifact {
    let files = artifacts.par_iter().with_min_len(16).map(File::of).collect();
    let lock = lock.map(|text| hex(&Sha256::digest(text)));
    let manifest = Manifest { lab, compiler: concat!("hlmc ", env!("CARGO_PKG_VERSION")), lock, files };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    Artifact::text("bundle", "bundle.json", text)
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
