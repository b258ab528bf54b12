//! `hlmc fmt`: lays manifests out in the usual way. A file with syntax errors is reported and left as it is.

use super::{Outcome, diagnosed_pages};
use crate::args::FmtArgs;
use crate::disk::FOLDERS;
use crate::failure::Failure;
use crate::render::text;
use crate::settings::{from_working_folder, nearest_lab, working_folder};
use crate::terminal;
use crate::write::replace_file;
use hlmc_core::decode::syntax;
use hlmc_core::diagnostic::Sink;
use hlmc_core::source::Sources;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

pub(crate) fn fmt(args: &FmtArgs) -> Result<Outcome, Failure> {
    let mut run = Run { check: args.check, ..Run::default() };
    if args.paths.iter().any(|path| path.as_os_str() == "-") {
        if args.paths.len() > 1 {
            return Err(Failure::new("`-` stands for stdin and can't be mixed with other paths"));
        }
        run.stdin()?;
        return Ok(run.end());
    }
    let files = if args.paths.is_empty() { lab_manifests()? } else { named(&args.paths)? };
    let mut failures: Vec<Failure> = files.iter().filter_map(|file| run.file(file).err()).collect();
    if !args.check {
        terminal::mention(&format!("formatted {} of {} files", run.different, files.len()));
    }
    let outcome = run.end();
    let last = failures.pop();
    failures.iter().for_each(|failure| terminal::say(&format!("{failure}\n")));
    last.map_or(Ok(outcome), Err)
}

/// What was found so far.
#[derive(Default)]
struct Run {
    check: bool,
    different: usize,
    sources: Sources,
    sink: Sink,
}

impl Run {
    fn stdin(&mut self) -> Result<(), Failure> {
        let path = Path::new("<stdin>");
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(|error| Failure::io("read", path, &error))?;
        let text = decode(bytes, path)?;
        // What isn't formatted goes through as it is, so that a pipe loses nothing.
        let formatted = self.formatted(path, &text).unwrap_or_else(|| text.clone());
        self.different += usize::from(formatted != text);
        if !self.check {
            terminal::print(&formatted);
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), Failure> {
        let bytes = fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
        let text = decode(bytes, path)?;
        let Some(formatted) = self.formatted(path, &text).filter(|formatted| *formatted != text) else {
            return Ok(());
        };
        self.different += 1;
        if self.check {
            terminal::print(&format!("{}\n", path.display()));
            return Ok(());
        }
        replace_file(path, &formatted).map_err(|error| Failure::io("write", path, &error))
    }

    /// The text laid out anew; `None` when it has syntax errors, which are put down.
    fn formatted(&mut self, path: &Path, text: &str) -> Option<String> {
        match hlmc_syntax::format(text) {
            Ok(formatted) => Some(formatted),
            Err(errors) => {
                let file = self.sources.add(path.display().to_string(), text);
                syntax::report(&errors, syntax::code, file, &mut self.sink);
                None
            }
        }
    }

    fn end(self) -> Outcome {
        let errors = self.sink.has_errors();
        let found = self.sink.into_sorted();
        if !found.is_empty() {
            let pages = diagnosed_pages(&self.sources, &found, Path::new(""));
            terminal::say(&text(&found, &pages, terminal::look()));
        }
        if errors || (self.check && self.different > 0) { Outcome::Errors } else { Outcome::Done }
    }
}

fn decode(bytes: Vec<u8>, path: &Path) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("`{}` isn't valid UTF-8", path.display())))
}

/// The manifests of the lab that the working folder lies in.
fn lab_manifests() -> Result<Vec<PathBuf>, Failure> {
    let working = working_folder()?;
    let lab = from_working_folder(&nearest_lab(&working)?, &working);
    let folders = FOLDERS.map(|folder| lab.join(folder));
    let paths: Vec<PathBuf> = [lab.join("lab.kdl")].into_iter().chain(folders).filter(|path| path.exists()).collect();
    named(&paths)
}

/// The files that are named, and the manifests in the folders that are.
fn named(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let visible = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
        for entry in WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(visible) {
            let entry = entry.map_err(|error| {
                let at = error.path().unwrap_or(path).to_owned();
                Failure::io("read", &at, &error.into_io_error().unwrap_or_else(|| io::ErrorKind::Other.into()))
            })?;
            if entry.file_type().is_file() && entry.path().extension().is_some_and(|ending| ending == "kdl") {
                files.push(entry.into_path());
            }
        }
    }
    Ok(files)
}
