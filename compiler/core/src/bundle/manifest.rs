//! `bundle.json`: what is in the bundle, and where each file came from.

use super::Artifact;
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Serialize)]
struct Manifest<'a> {
    lab: &'a str,
    compiler: &'static str,
    lock: Option<&'a str>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    kind: &'static str,
    mode: String,
    sha256: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

/// Lists the artifacts as `bundle.json`, which doesn't list itself.
#[must_use]
pub fn manifest(lab: &str, artifacts: &[Artifact]) -> Artifact {
    let files = artifacts
        .iter()
        .map(|artifact| File {
            path: &artifact.path,
            kind: artifact.kind,
            mode: format!("{:o}", artifact.mode()),
            sha256: Sha256::digest(&artifact.bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
            source: artifact.source.as_deref(),
        })
        .collect();
    let manifest = Manifest { lab, compiler: concat!("hlmc ", env!("CARGO_PKG_VERSION")), lock: None, files };
    let mut text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    text.push('\n');
    Artifact::text("bundle", "bundle.json", text)
}
