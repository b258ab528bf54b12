//! The official test suite of KDL v2, where it is at hand.

use std::fs;
use std::path::{Path, PathBuf};

use crate::canonical;

/// Returns the suite's files by name, or nothing when there is no suite.
pub(crate) fn files() -> Option<Vec<(String, Vec<u8>)>> {
    let mut files: Vec<_> = fs::read_dir(folder()?.join("input"))
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            (name, fs::read(file.path()).unwrap())
        })
        .collect();
    files.sort();
    Some(files)
}

fn folder() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = std::env::var_os("KDL_SUITE")
        .map_or_else(|| workspace.join("../shared/kdl-suite"), |folder| workspace.join(folder));
    let nearby = workspace.join("../../shared/kdl-suite");
    [folder, nearby].into_iter().find(|folder| folder.is_dir())
}

#[test]
fn the_official_suite_passes() {
    let Some(files) = files() else {
        println!("skipped: no official suite at KDL_SUITE or ../shared/kdl-suite");
        return;
    };
    let expected = folder().unwrap().join("expected_kdl");
    let mut faults = Vec::new();
    let count = files.len();
    for (name, bytes) in files {
        let Ok(text) = String::from_utf8(bytes) else {
            assert!(name.ends_with("_fail.kdl"), "{name} is not UTF-8");
            continue;
        };
        let parse = hlmc_syntax::parse(&text);
        let should_fail = name.ends_with("_fail.kdl");
        if should_fail && parse.errors.is_empty() {
            faults.push(format!("{name}: accepted"));
        }
        if !should_fail {
            if !parse.errors.is_empty() {
                faults.push(format!("{name}: {:?}", parse.errors));
            }
            let printed = canonical::print(&parse.document);
            match fs::read_to_string(expected.join(&name)) {
                Ok(wanted) if wanted != printed => {
                    faults.push(format!("{name}:\n{wanted}\nbut is\n{printed}"));
                }
                _ => {}
            }
        }
        if should_fail && parse.errors.len() > 1 && std::env::var_os("VERBOSE").is_some() {
            println!("{name}: {:#?}", parse.errors);
        }
    }
    assert!(faults.is_empty(), "{count} files\n{}", faults.join("\n"));
    assert!(count > 300, "only {count} files");
}
