//! Turns the tables of `stdlib/schema/` into statics.
//!
//! A folder, or a file beside the folders, is a scope: what it declares as `shared` or `body` is known in all of it and nowhere
//! else. [`read`] gives the nodes of the files, [`resolve`] the blocks that they describe, [`print`] the Rust text.

mod limit;
mod print;
mod read;
mod resolve;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A sentence about what is wrong in a table, with file and line.
type Fault = String;

/// What the tables say: all languages, and the blocks that they are made of.
#[derive(Default)]
struct Tables {
    /// Name of each language and the block that stands for its top.
    languages: BTreeMap<String, usize>,
    blocks: Vec<Block>,
}

/// A kind of block; other blocks are named by their place in [`Tables::blocks`].
#[derive(Default)]
struct Block {
    name: String,
    place: String,
    labels: Vec<String>,
    many: bool,
    repeats: bool,
    attributes: BTreeMap<String, Attribute>,
    blocks: BTreeMap<String, usize>,
    open: Option<&'static str>,
    as_attribute: bool,
    partial: bool,
    /// Language, and the way to a block in it, whose names this block has too: `nomad-job/job`.
    body: Option<String>,
    body_by: Option<By>,
    doc: String,
    life: Life,
}

/// See `BodyBy` in the compiler.
struct By {
    prefix: String,
    by: String,
    default: Option<String>,
}

#[derive(Clone)]
struct Attribute {
    ty: &'static str,
    required: bool,
    one_of: Vec<String>,
    /// The least and the most that a number, a size or a time may be.
    least: Option<i64>,
    most: Option<i64>,
    doc: String,
    life: Life,
}

#[derive(Clone, Default)]
struct Life {
    since: Option<String>,
    deprecated: Option<String>,
    ignored: Option<String>,
    removed: Option<String>,
}

/// Writes the statics; each fault in a table is an error of the build.
pub(crate) fn write() -> io::Result<()> {
    let root = Path::new("../../stdlib/schema");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut tables = Tables::default();
    let mut faults = Vec::new();
    for (_, files) in scopes(root)? {
        let mut nodes = Vec::new();
        for file in files {
            match read::read(&file, &fs::read_to_string(&file)?) {
                Ok(read) => nodes.extend(read),
                Err(fault) => faults.push(fault),
            }
        }
        resolve::resolve(&nodes, &mut tables, &mut faults);
    }
    borrow_bodies(&mut tables, &mut faults);
    for fault in &faults {
        println!("cargo::error={fault}");
    }
    let target = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo gave no OUT_DIR"))?;
    fs::write(target.join("schema.rs"), print::print(&tables))
}

/// Gives each block that has the body of another one its names.
fn borrow_bodies(tables: &mut Tables, faults: &mut Vec<Fault>) {
    for at in 0..tables.blocks.len() {
        let Some(path) = tables.blocks[at].body.clone() else { continue };
        let mut parts = path.split('/');
        let language = parts.next().and_then(|name| tables.languages.get(name).copied());
        let found =
            language.and_then(|root| parts.try_fold(root, |at, part| tables.blocks[at].blocks.get(part).copied()));
        let Some(from) = found else {
            faults.push(format!("{}: there is no body `{path}`", tables.blocks[at].place));
            continue;
        };
        let Block { attributes, blocks, open, .. } = &tables.blocks[from];
        let (attributes, blocks, open) = (attributes.clone(), blocks.clone(), *open);
        tables.blocks[at].open = open;
        tables.blocks[at].attributes.extend(attributes);
        tables.blocks[at].blocks.extend(blocks);
    }
}

/// The files of each scope, by the name of the folder or file, sorted.
fn scopes(root: &Path) -> io::Result<BTreeMap<PathBuf, Vec<PathBuf>>> {
    let mut scopes = BTreeMap::new();
    if !root.is_dir() {
        return Ok(scopes);
    }
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        let mut files = vec![path.clone()];
        if path.is_dir() {
            files = fs::read_dir(&path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        }
        files.retain(|file| file.extension().is_some_and(|extension| extension == "kdl"));
        files.sort();
        scopes.insert(path, files);
    }
    Ok(scopes)
}
