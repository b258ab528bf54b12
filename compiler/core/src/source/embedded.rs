//! What ships inside the binary: the catalogue (`services/`, `integrations/`) and `stdlib/`.

/// One file that ships inside the binary.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// Path from the root of the project, with `/` between its parts.
    pub path: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The embedded file with this path.
#[must_use]
pub fn embedded(path: &str) -> Option<&'static Embedded> {
    EMBEDDED.binary_search_by(|file| file.path.cmp(path)).ok().map(|at| &EMBEDDED[at])
}
