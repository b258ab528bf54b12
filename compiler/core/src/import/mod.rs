//! From what people have, such as Nomad's job files, to a lab: manifests as text.
//!
//! - A front end makes a [`Draft`] of each thing it finds,
//! - [`mod@lab`] writes what the drafts have in common, and what of the machines can be told from them,
//! - [`kdl`] is the text.

pub mod compose;
pub mod draft;
pub mod kdl;
pub mod lab;
pub mod yaml;

use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{FileId, Sources, Span, World, text};
use draft::Draft;
use std::collections::BTreeMap;

/// What importing gives.
#[derive(Debug)]
pub struct Imported {
    /// The texts that diagnostics point into.
    pub sources: Sources,
    /// What was found, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The files of the lab with their paths in it, sorted.
    pub files: Vec<(String, String)>,
    /// What each file became, in the order they were named.
    pub drafts: Vec<Draft>,
}

/// Makes a lab of the files at these paths of a world.
pub fn import(world: &dyn World, paths: &[String]) -> Imported {
    let mut sink = Sink::default();
    let mut sources = Sources::default();
    let mut drafts: Vec<Draft> = Vec::new();
    for path in paths {
        let span = Span::new(FileId(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX)), 0, 0);
        let read = text(path, world.read(path), span, &mut sink);
        let file = sources.add(path.as_str(), read.clone().unwrap_or_default());
        if read.is_some() {
            drafts.extend(match compose::is_compose(path) {
                true => compose::drafts(file, &mut sources, world, &mut sink),
                false => draft::drafts(file, &sources, world, &mut sink),
            });
        }
    }
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    drafts.retain(|draft| match names.get(&draft.name.value) {
        Some(first) => {
            sink.push(defined_twice(&format!("service `{}`", draft.name.value), draft.name.span, *first));
            false
        }
        None => {
            names.insert(draft.name.value.clone(), draft.name.span);
            true
        }
    });
    let files = lab::files(&drafts);
    Imported { sources, diagnostics: sink.into_sorted(), files, drafts }
}
