//! From what people have, such as Nomad's job files, to a lab: manifests as text.
//!
//! - A front end makes a [`Draft`] of each thing it finds,
//! - `lab` writes what the drafts have in common, and what of the machines can be told from them,
//! - [`kdl`] is the text.

mod compare;
pub mod compose;
pub mod draft;
mod jobs;
pub mod kdl;
mod lab;
mod nodes;
mod origin;
mod port_words;
mod raise;
mod residue;
mod task_words;
mod values;
mod wants;
mod words;
pub mod yaml;

use crate::compile::lab_of;
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::hcl::Values;
use crate::diagnostic::{Diagnostic, Sink};
use crate::emit::job::artifact;
use crate::model::Service;
use crate::source::{AT_ONCE, FileId, Sources, Span, Spanned, World, text};
use draft::Draft;
use rayon::prelude::*;
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
    let mut jobs = Vec::new();
    let mut values = Values::default();
    for path in world.files().into_iter().flatten().filter(|path| path.ends_with(".vars.hcl")) {
        let span = Span::new(FileId(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX)), 0, 0);
        let read = text(&path, world.read(&path), span, &mut sink).unwrap_or_default();
        let file = sources.add(path, read);
        if let Some(source) = sources.get(file) {
            values.take(file, source, world, &sources, &mut sink);
        }
    }
    for path in paths {
        let span = Span::new(FileId(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX)), 0, 0);
        let read = text(path, world.read(path), span, &mut sink);
        let file = sources.add(path.as_str(), read.clone().unwrap_or_default());
        if read.is_some() {
            match compose::is_compose(path) {
                true => drafts.extend(compose::drafts(file, &mut sources, world, &mut sink)),
                false => jobs.extend(jobs::parse(file, &mut sources, world, &values, &mut sink)),
            }
        }
    }
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut is_new = |name: &Spanned<String>| match names.get(&name.value) {
        Some(first) => {
            sink.push(defined_twice(&format!("service `{}`", name.value), name.span, *first));
            false
        }
        None => {
            names.insert(name.value.clone(), name.span);
            true
        }
    };
    drafts.retain(|draft| is_new(&draft.name));
    jobs.retain(|job| is_new(&job.name));
    jobs::name_variables(&mut jobs);
    let mut house = None;
    if !jobs.is_empty() {
        let (made, of_jobs) = jobs::drafts(&jobs, &sources);
        drafts.extend(made);
        house = Some(of_jobs);
    }
    let files = lab::files(&drafts, house.as_ref());
    Imported { sources, diagnostics: sink.into_sorted(), files, drafts }
}

/// The jobs of a lab as they are written into its bundle, and what is wrong with them. Where they could run isn't looked at.
#[must_use]
pub fn jobs(world: &dyn World) -> (Vec<String>, Vec<Diagnostic>) {
    let compiled = lab_of(world);
    let services = compiled.lab.map(|lab| lab.services).unwrap_or_default();
    let text = |service: &Service| String::from_utf8(artifact(service, &[], &[]).bytes).unwrap_or_default();
    (services.par_iter().with_max_len(AT_ONCE).map(text).collect(), compiled.diagnostics)
}
