//! What lies below a folder, with modes, so that two bundles can be compared file by file.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use walkdir::WalkDir;

/// All that lies below a folder, by its path there.
pub(crate) type Tree = BTreeMap<String, Entry>;

/// Something in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    /// Permission bits.
    pub(crate) mode: u32,
    /// The bytes of a file, where a symlink leads, nothing for a folder.
    pub(crate) bytes: Vec<u8>,
    /// `d`, `l` or `f`.
    pub(crate) kind: char,
}

/// Reads everything below a folder.
pub(crate) fn tree(folder: &Path) -> Tree {
    let entry = |entry: walkdir::DirEntry| {
        let (kind, bytes) = match entry.file_type() {
            kind if kind.is_dir() => ('d', Vec::new()),
            kind if kind.is_symlink() => {
                ('l', fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes())
            }
            _ => ('f', fs::read(entry.path()).unwrap()),
        };
        let path = entry.path().strip_prefix(folder).unwrap().display().to_string();
        (path, Entry { mode: entry.metadata().unwrap().permissions().mode() & 0o7777, bytes, kind })
    };
    WalkDir::new(folder).min_depth(1).into_iter().map(|found| entry(found.unwrap())).collect()
}

/// In what two trees differ, a line each.
pub(crate) fn differences(found: &Tree, expected: &Tree) -> Vec<String> {
    let missing = expected.keys().filter(|path| !found.contains_key(*path)).map(|path| format!("{path}: is missing"));
    let others = found.iter().filter_map(|(path, here)| match expected.get(path) {
        None => Some(format!("{path}: is too much")),
        Some(there) if there.kind != here.kind => Some(format!("{path}: is {}, not {}", here.kind, there.kind)),
        Some(there) if there.mode != here.mode => {
            Some(format!("{path}: has mode {:o}, not {:o}", here.mode, there.mode))
        }
        Some(there) if there.bytes != here.bytes => Some(format!("{path}: has other bytes")),
        Some(_) => None,
    });
    missing.chain(others).collect()
}

/// Fails with the paths that differ.
#[track_caller]
pub(crate) fn assert_same(found: &Tree, expected: &Tree, when: &str) {
    let differences = differences(found, expected);
    assert!(differences.is_empty(), "{when}:\n{}", differences.join("\n"));
}
