//! `hlmc import`: makes a lab of the job files and Compose files that people have. The lab is written whole or not at all, and over nothing.

use super::{Outcome, diagnosed_pages};
use crate::args::ImportArgs;
use crate::disk::DiskWorld;
use crate::failure::Failure;
use crate::render::{Tally, text};
use crate::terminal;
use hlmc_core::import::Imported;
use hlmc_core::import::draft::{Draft, Form};
use hlmc_core::source::{ReadError, World};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The endings of the names of files that a folder is searched for, and the names of Compose files.
const ENDINGS: [&str; 2] = [".nomad", ".hcl"];
const COMPOSE: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

pub(crate) fn import(args: &ImportArgs) -> Result<Outcome, Failure> {
    let world = ImportWorld::open(&args.paths)?;
    let imported = hlmc_core::import::import(&world, &world.named);
    let found = &imported.diagnostics;
    let pages = diagnosed_pages(&imported.sources, found, &world.shown);
    terminal::say(&text(found, &pages, terminal::look()));
    let errors = Tally::of(found).errors > 0;
    if args.check {
        // Only what was a job can be the same job.
        let jobs = imported.drafts.iter().filter(|draft| !draft.from.is_empty());
        jobs.for_each(|draft| terminal::print(&format!("{}\n", verdict(draft, &world.shown))));
        let different = imported.drafts.iter().any(|draft| !draft.differences.is_empty());
        return Ok(if errors || different { Outcome::Errors } else { Outcome::Done });
    }
    let different: Vec<&Draft> = imported.drafts.iter().filter(|draft| !draft.differences.is_empty()).collect();
    for draft in &different {
        let failure = Failure::new(format!("what would be written is another job: {}", verdict(draft, &world.shown)));
        terminal::say(&format!("{}\n", failure.help("name the other files without this one")));
    }
    if errors || !different.is_empty() {
        return Ok(Outcome::Errors);
    }
    write(&imported, &args.out)?;
    let (count, out) = (imported.drafts.len(), args.out.display());
    terminal::mention(&format!("wrote a lab of {count} services into {out}"));
    terminal::mention(&format!("next: fill in {out}/lab.kdl and what is in {out}/nodes, then run `hlmc check` there"));
    Ok(Outcome::Done)
}

/// What became of one file, in a line.
fn verdict(draft: &Draft, shown: &Path) -> String {
    let file = shown.join(&draft.from);
    if !draft.differences.is_empty() {
        return format!("{}: differs in {}", file.display(), draft.differences.join(", "));
    }
    let form = match draft.form {
        Form::Service => "service",
        Form::Job => "job",
    };
    let (name, lines, before) = (&draft.name.value, draft.lines, draft.lines_before);
    format!("{}: equal, as {form} `{name}` of {lines} lines, {before} before", file.display())
}

/// The folder that everything named lies in, with the files below what is named.
struct ImportWorld {
    disk: DiskWorld,
    /// The folder as messages write it.
    shown: PathBuf,
    /// The files to import.
    named: Vec<String>,
    /// Every file that these may read.
    files: BTreeSet<String>,
}

impl ImportWorld {
    fn open(paths: &[PathBuf]) -> Result<Self, Failure> {
        let real = |path: &PathBuf| fs::canonicalize(path).map_err(|error| Failure::io("read", path, &error));
        let places: Vec<PathBuf> = paths.iter().map(real).collect::<Result<_, _>>()?;
        let folder = |place: &PathBuf| match place.parent() {
            Some(parent) if !place.is_dir() => parent.to_owned(),
            _ => place.clone(),
        };
        let root = places.iter().map(folder).reduce(|one, other| common(&one, &other)).unwrap_or_default();
        let disk = DiskWorld::open(&root).map_err(|error| Failure::io("open", &root, &error))?;
        let mut world = Self { disk, shown: shown(paths, &root), named: Vec::new(), files: BTreeSet::new() };
        for place in &places {
            let known = world.named.len();
            for file in files(place)? {
                let is_named = file == *place;
                let Some(path) = file.strip_prefix(&root).ok().and_then(Path::to_str).map(str::to_owned) else {
                    if !is_named && !place.is_dir() {
                        continue;
                    }
                    return Err(Failure::new(format!("the name of `{}` isn't valid UTF-8", file.display())));
                };
                let compose = file.file_name().is_some_and(|name| COMPOSE.iter().any(|known| name == *known));
                let is_wanted = compose || ENDINGS.iter().any(|ending| path.ends_with(ending));
                let wanted = is_named || place.is_dir() && is_wanted;
                if wanted && !path.ends_with(".vars.hcl") && !world.named.contains(&path) {
                    world.named.push(path.clone());
                }
                world.files.insert(path);
            }
            if world.named.len() == known && place.is_dir() {
                return Err(Failure::new(format!("there is no job file and no Compose file in `{}`", place.display())).help(
                    "files whose names end in `.nomad` or `.hcl` are taken for job files, `compose.yaml` and `docker-compose.yml` for Compose files; name others one by one",
                ));
            }
        }
        Ok(world)
    }
}

impl World for ImportWorld {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        self.files.iter().cloned().map(Ok).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.disk.read(path)
    }
}

/// The deepest folder that both lie in.
fn common(one: &Path, other: &Path) -> PathBuf {
    one.components().zip(other.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect()
}

/// The folder as it was named, where one path was.
fn shown(paths: &[PathBuf], root: &Path) -> PathBuf {
    match paths {
        [one] if one.is_dir() => one.clone(),
        [one] => one.parent().map_or_else(PathBuf::new, Path::to_owned),
        _ => root.to_owned(),
    }
}

/// All files below a folder, or a file with those beside it, without hidden ones.
fn files(place: &Path) -> Result<Vec<PathBuf>, Failure> {
    let (place, depth) = match place.parent() {
        Some(parent) if !place.is_dir() => (parent, 1),
        _ => (place, usize::MAX),
    };
    let visible = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut files = Vec::new();
    for entry in WalkDir::new(place).max_depth(depth).sort_by_file_name().into_iter().filter_entry(visible) {
        let entry = entry.map_err(|error| {
            let at = error.path().unwrap_or(place).to_owned();
            Failure::io("read", &at, &error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into()))
        })?;
        if !entry.file_type().is_dir() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Writes the lab beside its place and puts it there in one step.
fn write(imported: &Imported, out: &Path) -> Result<(), Failure> {
    let taken = |error| Failure::io("read", out, &error);
    match fs::read_dir(out).map(Iterator::count) {
        Ok(0) => {}
        Ok(_) => {
            return Err(Failure::new(format!("`{}` isn't empty, and nothing was written", out.display()))
                .help("name a new folder with `--out DIR`"));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(taken(error)),
    }
    let place = std::path::absolute(out).map_err(taken)?;
    let mut name = OsString::from(".");
    name.push(place.file_name().unwrap_or_default());
    name.push(".hlmc-new");
    let partial = place.with_file_name(name);
    let written = fill(imported, &partial)
        .and_then(|()| fs::rename(&partial, &place).map_err(|error| Failure::io("write", out, &error)));
    if written.is_err() {
        let _ = fs::remove_dir_all(&partial);
    }
    written.map_err(|failure| failure.unwritten("--out", "nothing was written"))
}

fn fill(imported: &Imported, folder: &Path) -> Result<(), Failure> {
    let _ = fs::remove_dir_all(folder); // what a killed run left
    for (path, text) in &imported.files {
        let file = folder.join(path);
        let parent = file.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| Failure::io("write", &file, &error))?;
    }
    Ok(())
}
