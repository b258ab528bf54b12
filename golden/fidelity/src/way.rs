//! The two ways from a job file to a job of a bundle.

use crate::nomad::{self, Read};
use hlmc_core::diagnostic::{Diagnostic, Severity};
use hlmc_core::import::draft::Form;
use hlmc_core::import::{Imported, import, jobs};
use hlmc_core::source::{MemoryWorld, ReadError, World};
use rayon::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// What became of one file.
pub(crate) struct Measured {
    pub(crate) file: String,
    /// What is wrong with it after import and build.
    pub(crate) imported: Vec<String>,
    /// What is wrong with it after a build from `services/`.
    pub(crate) placed: Vec<String>,
    pub(crate) is_service: bool,
    /// Why it isn't a service.
    pub(crate) kept: Option<String>,
    pub(crate) lines: usize,
    pub(crate) lines_before: usize,
}

/// The folder that is measured.
struct Folder<'f>(&'f Path, Vec<String>);

impl World for Folder<'_> {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        self.1.iter().cloned().map(Ok).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(self.0.join(path)).map_err(|error| ReadError::Unreadable(error.to_string()))
    }
}

/// What `fileset` finds. Nomad reads no files of values by itself.
fn files(folder: &Path) -> Vec<String> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let paths = entries.filter_map(|entry| Some(entry.path().strip_prefix(folder).ok()?.to_str()?.to_owned()));
    paths.filter(|path| !path.ends_with(".vars.hcl")).collect()
}

/// A job's text, and what hlmc has against it.
#[derive(Default)]
pub(crate) struct Built {
    text: String,
    wrong: Vec<String>,
}

/// Sends every file both ways.
pub(crate) fn measure(folder: &Path, files: &[(String, Read)]) -> Result<Vec<Measured>, String> {
    let mut ways: Vec<(Measured, Built, Built)> = files.par_iter().map(|(file, _)| one(folder, file)).collect();
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let mut written: Vec<PathBuf> = Vec::new();
    for (at, (_, imported, placed)) in ways.iter().enumerate() {
        for (way, built) in [("imported", imported), ("placed", placed)] {
            let path = scratch.path().join(format!("{at}-{way}.nomad.hcl"));
            fs::write(&path, &built.text).map_err(|error| error.to_string())?;
            written.push(path);
        }
    }
    let read = nomad::read(written.into_iter())?;
    for (at, ((_, before), (measured, imported, placed))) in files.iter().zip(&mut ways).enumerate() {
        measured.imported = wrong(before, imported, &read[2 * at]);
        measured.placed = wrong(before, placed, &read[2 * at + 1]);
    }
    Ok(ways.into_iter().map(|(measured, ..)| measured).collect())
}

fn wrong(before: &Read, built: &Built, read: &Result<Read, String>) -> Vec<String> {
    // What Nomad refuses, hlmc refuses before.
    let mut wrong = if before.refused.is_none() { built.wrong.clone() } else { Vec::new() };
    match read {
        Ok(after) => wrong.extend(nomad::differences(&before.job, &after.job)),
        Err(_) if built.text.is_empty() => wrong.extend(wrong.is_empty().then(|| "there is no job".to_owned())),
        Err(reason) => wrong.push(format!("Nomad doesn't read it: {reason}")),
    }
    wrong
}

fn one(folder: &Path, file: &str) -> (Measured, Built, Built) {
    let imported = import(&Folder(folder, files(folder)), &[file.to_owned()]);
    let draft = imported.drafts.first();
    let measured = Measured {
        file: file.to_owned(),
        imported: Vec::new(),
        placed: Vec::new(),
        is_service: draft.is_some_and(|draft| draft.form == Form::Service),
        kept: draft.and_then(|draft| draft.kept.clone()),
        lines: draft.map_or(0, |draft| draft.lines),
        lines_before: draft.map_or(0, |draft| draft.lines_before),
    };
    let again = rebuilt(&imported);
    let mut lab = MemoryWorld::default();
    lab.insert("lab.kdl", "lab \"home\" { domain \"home.example.com\"; network \"lan\" cidr=\"192.168.1.0/24\" }\n");
    let name = file.rsplit('/').next().unwrap_or(file);
    match fs::read(folder.join(file)) {
        Ok(bytes) => lab.insert(format!("services/{name}"), bytes),
        Err(error) => return (measured, again, Built { wrong: vec![error.to_string()], ..Built::default() }),
    }
    let placed = built(&lab, Vec::new());
    (measured, again, placed)
}

/// A file imported, and built again.
pub(crate) fn again(folder: &Path, file: &str) -> Built {
    rebuilt(&import(&Folder(folder, Vec::new()), &[file.to_owned()]))
}

fn rebuilt(imported: &Imported) -> Built {
    let mut lab = MemoryWorld::default();
    for (path, text) in &imported.files {
        lab.insert(path.as_str(), text.as_str());
    }
    built(&lab, errors(&imported.diagnostics))
}

fn errors(found: &[Diagnostic]) -> Vec<String> {
    let errors = found.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| format!("{}: {}", found.code.name, found.message)).collect()
}

fn built(lab: &MemoryWorld, mut wrong: Vec<String>) -> Built {
    let (mut texts, found) = jobs(lab);
    wrong.extend(errors(&found));
    Built { text: texts.pop().unwrap_or_default(), wrong }
}
