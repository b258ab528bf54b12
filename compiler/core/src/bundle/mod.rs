//! The bundle: a sorted list of artifacts.

mod manifest;

pub(crate) use manifest::hex;
pub use manifest::manifest;

use crate::source::AT_ONCE;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// Whether a file lies where the bundle goes, just as it is.
pub type IsThere<'a> = dyn Fn(&Artifact) -> bool + Sync + 'a;

/// Everything that a build writes.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// The artifacts, sorted by path, each path once.
    pub artifacts: Vec<Artifact>,
}

/// One output file.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Path in `out/`, with `/` between its parts; it never leads outside.
    pub path: String,
    /// Its bytes; none are kept of what [is there](Self::is_there).
    pub bytes: Vec<u8>,
    /// Whether it may be executed: mode 755 in place of 644.
    pub executable: bool,
    /// What it is, for `bundle.json`: `nomad-job`, `caddyfile`, `shell` ….
    pub kind: &'static str,
    /// The manifest it came from; `None` for what follows from the whole lab.
    pub source: Option<String>,
    /// Whether it lies where the bundle goes, just as it is.
    pub is_there: bool,
    /// The sum of its bytes, once it is finished.
    sum: Option<[u8; 32]>,
}

impl Artifact {
    /// A text that follows from the whole lab.
    pub fn text(kind: &'static str, path: impl Into<String>, text: impl Into<String>) -> Self {
        let (path, bytes) = (path.into(), text.into().into_bytes());
        Self { path, bytes, executable: false, kind, source: None, is_there: false, sum: None }
    }

    /// A script.
    pub fn script(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { executable: true, ..Self::text("shell", path, text) }
    }

    /// Says which manifest it came from.
    #[must_use]
    pub fn from(mut self, manifest: impl Into<String>) -> Self {
        self.source = Some(manifest.into());
        self
    }

    /// Sums its bytes up and lets go of them where they are there already: next to where they were made, while they are at hand.
    pub(crate) fn finish(&mut self, is_there: &IsThere<'_>) {
        if self.sum.is_none() {
            self.sum = Some(Sha256::digest(&self.bytes).into());
            self.settle(is_there);
        }
    }

    fn settle(&mut self, is_there: &IsThere<'_>) {
        self.is_there = is_there(self);
        if self.is_there {
            self.bytes = Vec::new();
        } else if self.bytes.capacity() - self.bytes.len() > self.bytes.len() / 8 {
            // A text that grew has up to twice the room it needs, and there are thousands.
            self.bytes = self.bytes.as_slice().to_vec();
        }
    }

    /// Permission bits on disk and in the zip.
    #[must_use]
    pub const fn mode(&self) -> u32 {
        if self.executable { 0o755 } else { 0o644 }
    }
}

impl Bundle {
    /// Sorts artifacts into a bundle and adds `bundle.json`; `lock` is the text of `hlmc.lock`.
    #[must_use]
    pub fn new(artifacts: Vec<Artifact>, lab: &str, lock: Option<&str>) -> Self {
        Self::beside(artifacts, lab, lock, &|_| false)
    }

    /// The same, without the bytes of what is there already.
    pub(crate) fn beside(mut artifacts: Vec<Artifact>, lab: &str, lock: Option<&str>, is_there: &IsThere<'_>) -> Self {
        artifacts.par_iter_mut().with_max_len(AT_ONCE).for_each(|artifact| artifact.finish(is_there));
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        let mut manifest = manifest(lab, lock, &artifacts);
        manifest.settle(is_there);
        let at = artifacts.partition_point(|artifact| artifact.path < manifest.path);
        artifacts.insert(at, manifest);
        Self { artifacts }
    }
}
