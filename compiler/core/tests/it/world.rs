//! Labs of the repository, read into memory.

use hlmc_core::source::MemoryWorld;
use std::fs;
use std::path::{Path, PathBuf};

/// The lab in a folder below the repository's root; `""` is the root lab itself.
pub(crate) fn world(lab: &str) -> MemoryWorld {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(lab);
    let mut world = MemoryWorld::default();
    let mut files = vec![root.join("lab.kdl")];
    for folder in ["nodes", "services", "integrations"] {
        collect(&root.join(folder), &mut files);
    }
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        // A fault may be that there is no `lab.kdl`.
        if file.exists() {
            world.insert(path, fs::read(&file).unwrap());
        }
    }
    world
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
