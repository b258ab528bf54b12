//! *read*: every manifest of a lab, in parallel.

use super::codes::{path_outside_lab::path_outside_lab, unreadable_file};
use super::{AT_ONCE, FileId, ReadError, Source, Sources, Span, World};
use crate::diagnostic::Sink;
use rayon::prelude::*;
use std::sync::Arc;

/// Largest manifest or asset that is read, in bytes. A hand-written manifest has kilobytes.
pub const SIZE_LIMIT: usize = 16 << 20;

/// Reads `lab.kdl`, `nodes/`, `services/` and `integrations/`. `lab.kdl` is always the first of the sources, empty when
/// it is missing; the others follow by path. It is by far the longest of a large lab: `meanwhile` may work on it while the others
/// are read.
pub fn read<T: Send>(world: &dyn World, meanwhile: impl FnOnce(&Source) -> T + Send, sink: &mut Sink) -> (Sources, T) {
    let bytes = world.read("lab.kdl");
    let missing = bytes.as_ref().is_err_and(|error| *error == ReadError::NotFound);
    let mut found = Sink::default();
    let text = text("lab.kdl", bytes, Span::new(LAB_FILE, 0, 0), &mut found).unwrap_or_default();
    let lab = Source { path: "lab.kdl".into(), text: text.into() };
    let (given, others) = rayon::join(|| meanwhile(&lab), || Others::read(world));
    // It isn't missing where it is a link to nothing.
    if !missing || others.lab_is_listed {
        sink.append(found);
    }
    let mut sources = Sources { files: vec![lab] };
    for (path, text, found) in others.texts {
        sources.add(path, sink.take(text, found));
    }
    // A file that no manifest names is nobody's business, wherever its link leads.
    let failed = others.failed.into_iter();
    for (path, error) in failed.filter(|(path, error)| is_manifest(path) || *error != ReadError::OutsideLab) {
        let file = sources.add(path.as_str(), "");
        report(&path, &error, Span::new(file, 0, 0), sink);
    }
    (sources, given)
}

/// What there is beside `lab.kdl`.
struct Others {
    /// By path, each with what is wrong with it.
    texts: Vec<(String, Arc<str>, Sink)>,
    /// What can't be listed.
    failed: Vec<(String, ReadError)>,
    lab_is_listed: bool,
}

impl Others {
    fn read(world: &dyn World) -> Self {
        let mut others = Self { texts: Vec::new(), failed: Vec::new(), lab_is_listed: false };
        let mut paths = Vec::new();
        for file in world.files() {
            match file {
                Ok(path) if path == "lab.kdl" => others.lab_is_listed = true,
                Ok(path) if is_manifest(&path) => paths.push(path),
                Ok(_) => {}
                Err(failure) => others.failed.push(failure),
            }
        }
        paths.sort();
        let texts = paths.into_par_iter().with_max_len(AT_ONCE).enumerate().map(|(at, path)| {
            let mut sink = Sink::default();
            let id = FileId(u32::try_from(at + 1).unwrap_or(u32::MAX));
            let text = text(&path, world.read(&path), Span::new(id, 0, 0), &mut sink);
            (path, text.unwrap_or_default().into(), sink)
        });
        others.texts = texts.collect();
        others
    }
}

/// Whether a path is one that manifests are read from.
fn is_manifest(path: &str) -> bool {
    path == "lab.kdl"
        || path.starts_with("services/") && (path.ends_with(".hcl") || path.ends_with(".nomad"))
        || path.ends_with(".kdl")
            && path.split_once('/').is_some_and(|(folder, _)| matches!(folder, "nodes" | "services" | "integrations"))
}

/// The bytes of a file as text; what is wrong with them is reported at `place`.
pub fn text(path: &str, bytes: Result<Vec<u8>, ReadError>, place: Span, sink: &mut Sink) -> Option<String> {
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            report(path, &error, place, sink);
            return None;
        }
    };
    if bytes.len() > SIZE_LIMIT {
        sink.push(unreadable_file::too_large(path, bytes.len(), SIZE_LIMIT, place));
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|byte| *byte == b'\n').count();
            sink.push(unreadable_file::not_utf8(path, line, place));
            None
        }
    }
}

fn report(path: &str, error: &ReadError, place: Span, sink: &mut Sink) {
    sink.push(match error {
        ReadError::OutsideLab => path_outside_lab(path, place),
        ReadError::NotFound => unreadable_file::unreadable_file(path, "it is not there", place),
        ReadError::Unreadable(reason) => unreadable_file::unreadable_file(path, reason, place),
    });
}

/// The file that sources start with: `lab.kdl`.
pub const LAB_FILE: FileId = FileId(0);
