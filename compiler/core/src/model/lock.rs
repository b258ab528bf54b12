//! The lock: which images the lab runs, found out once and kept, so that a build needs no network.

use super::Arch;
use crate::source::Spanned;
use std::sync::Arc;

/// Where the lock lies, from the lab's folder.
pub const LOCK_FILE: &str = "hlmc.lock";

/// What `hlmc.lock` holds.
#[derive(Clone, Debug)]
pub struct Lock {
    /// The images, sorted by their references, each once.
    pub images: Vec<LockedImage>,
    /// The file as it is.
    pub text: Arc<str>,
}

/// One image of the lock.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedImage {
    /// The reference that services name it with.
    pub reference: Spanned<String>,
    /// Digest of its index, or of its manifest where it has no index: `sha256:…`.
    pub digest: String,
    /// The platforms that it is made for, sorted by name; empty where that isn't known.
    pub platforms: Vec<LockedPlatform>,
    /// What it says about itself, by the names that the lock has for it: `version`.
    pub labels: Vec<(&'static str, String)>,
}

/// A platform that an image is made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPlatform {
    /// `linux/amd64`, `linux/arm/v7`.
    pub name: String,
    /// What has to be fetched for it, in bytes, compressed.
    pub bytes: Option<u64>,
}

impl Lock {
    /// What is known of the image that services name so.
    #[must_use]
    pub fn image(&self, reference: &str) -> Option<&LockedImage> {
        self.images.binary_search_by(|image| image.reference.as_str().cmp(reference)).ok().map(|at| &self.images[at])
    }
}

impl LockedImage {
    /// The architectures of nodes that can run it; nothing where its platforms aren't known.
    ///
    /// Docker takes an image for 32 bits where there is none for 64 (containerd's `platforms.Only`).
    #[must_use]
    pub fn arches(&self) -> Option<Vec<Arch>> {
        let runs_on = |arch: Arch| {
            let names: &[&str] = match arch {
                Arch::Amd64 => &["linux/amd64", "linux/386"],
                Arch::Arm64 => &["linux/arm64", "linux/arm"],
            };
            let is = |platform: &str, name: &str| {
                platform.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            self.platforms.iter().any(|platform| names.iter().any(|name| is(&platform.name, name)))
        };
        let known = !self.platforms.is_empty();
        known.then(|| Arch::ALL.into_iter().filter(|arch| runs_on(*arch)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn arches(platforms: &[&str]) -> Option<Vec<Arch>> {
        let platform = |name: &&str| LockedPlatform { name: (*name).to_owned(), bytes: None };
        let image = LockedImage {
            reference: Spanned::new("a:1".into(), Span::default()),
            digest: String::new(),
            platforms: platforms.iter().map(platform).collect(),
            labels: Vec::new(),
        };
        image.arches()
    }

    #[test]
    fn nodes_run_images_of_their_architecture_and_of_its_32_bits() {
        use Arch::{Amd64, Arm64};
        assert_eq!(arches(&["linux/amd64", "linux/arm64/v8"]), Some(vec![Amd64, Arm64]));
        assert_eq!(arches(&["linux/386"]), Some(vec![Amd64]));
        assert_eq!(arches(&["linux/arm/v7", "linux/ppc64le"]), Some(vec![Arm64]));
        assert_eq!(arches(&["linux/arm64be", "windows/amd64"]), Some(vec![]));
        assert_eq!(arches(&[]), None);
    }
}
