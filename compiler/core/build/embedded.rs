//! Lists the files of the catalogue and of `stdlib/` as `EMBEDDED`, sorted by path.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

pub(crate) fn write() -> io::Result<()> {
    let root = fs::canonicalize(Path::new("../.."))?;
    let mut files = Vec::new();
    for folder in ["integrations", "services", "stdlib"] {
        println!("cargo::rerun-if-changed=../../{folder}");
        collect(&root.join(folder), &mut files)?;
    }
    let mut paths: Vec<(String, PathBuf)> = files
        .into_iter()
        .filter_map(|file| Some((file.strip_prefix(&root).ok()?.to_str()?.replace('\\', "/"), file)))
        .filter(|(path, _)| !path.starts_with("stdlib/schema/"))
        .collect();
    paths.sort();
    let mut out = String::from(
        "/// The files that ship inside the binary, sorted by path.\npub static EMBEDDED: &[Embedded] = &[\n",
    );
    for (path, file) in paths {
        let _ = writeln!(out, "    Embedded {{ path: {path:?}, bytes: include_bytes!({file:?}) }},");
    }
    out.push_str("];\n");
    let target = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo gave no OUT_DIR"))?;
    fs::write(target.join("embedded.rs"), out)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}
