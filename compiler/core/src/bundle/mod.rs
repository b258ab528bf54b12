//! The bundle: a sorted list of artifacts.

mod manifest;

pub(crate) use manifest::hex;
pub use manifest::manifest;

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
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether it may be executed: mode 755 in place of 644.
    pub executable: bool,
    /// What it is, for `bundle.json`: `nomad-job`, `caddyfile`, `shell` ….
    pub kind: &'static str,
    /// The manifest it came from; `None` for what follows from the whole lab.
    pub source: Option<String>,
}

impl Artifact {
    /// A text that follows from the whole lab.
    pub fn text(kind: &'static str, path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut bytes = text.into().into_bytes();
        // A text that grew has up to twice the room it needs, and there are thousands.
        if bytes.capacity() - bytes.len() > bytes.len() / 8 {
            bytes = bytes.as_slice().to_vec();
        }
        Self { path: path.into(), bytes, executable: false, kind, source: None }
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

    /// Permission bits on disk and in the zip.
    #[must_use]
    pub const fn mode(&self) -> u32 {
        if self.executable { 0o755 } else { 0o644 }
    }
}

impl Bundle {
    /// Sorts artifacts into a bundle and adds `bundle.json`; `lock` is the text of `hlmc.lock`.
    #[must_use]
    pub fn new(mut artifacts: Vec<Artifact>, lab: &str, lock: Option<&str>) -> Self {
        artifacts.sort_by(|a, b| a.path.cmp(&b.path));
        let manifest = manifest(lab, lock, &artifacts);
        let at = artifacts.partition_point(|artifact| artifact.path < manifest.path);
        artifacts.insert(at, manifest);
        Self { artifacts }
    }
}
