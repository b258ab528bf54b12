//! What a Compose file becomes compiles, once a person has completed it.

use hlmc_core::diagnostic::{Severity, plain};
use hlmc_core::import::import;
use hlmc_core::source::MemoryWorld;
use hlmc_core::{Compiled, compile};
use std::fs;
use std::path::{Path, PathBuf};

/// The lab of an imported Compose file as a person completes it: a node is taken up, and open values are given.
fn completed(given: &Path) -> MemoryWorld {
    let mut world = MemoryWorld::default();
    let mut named = String::new();
    for entry in fs::read_dir(given).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name.contains("compose.y") && !name.contains("override") {
            named.clone_from(&name);
        }
        world.insert(name, fs::read(&path).unwrap());
    }
    let imported = import(&world, &[named]);
    let mut lab = MemoryWorld::default();
    for (path, text) in imported.files {
        let taken_up = |line: &str| match line.trim_start() {
            code if path.starts_with("nodes/") && code.starts_with("// ") && !code.starts_with("// T") => {
                code[3..].to_owned()
            }
            code if code.starts_with("// ") && code.ends_with("\"…\"") => code[3..].replace('…', "complete"),
            _ => line.to_owned(),
        };
        let text: Vec<String> = text.lines().map(taken_up).collect();
        let text = text
            .join("\n")
            .replace("arch \"amd64\"", "arch \"amd64\"\n server\n host-volume \"caddy-data\" path=\"/srv/caddy\"");
        lab.insert(path, text);
    }
    lab
}

/// The folders of `golden/compose` that become a lab.
fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/compose");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.join("expected").is_dir());
    cases.sort();
    cases
}

#[test]
fn every_imported_lab_compiles_once_it_is_completed() {
    assert!(!cases().is_empty());
    for case in cases() {
        let Compiled { diagnostics, sources, bundle, .. } = compile(&completed(&case.join("given")));
        let wrong: String = diagnostics
            .iter()
            .filter(|found| found.severity == Severity::Error)
            .map(|found| plain(found, &sources))
            .collect();
        assert_eq!(wrong, "", "{}", case.display());
        assert!(bundle.is_some());
    }
}
