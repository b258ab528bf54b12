//! Nomad's own job files as a front end: HCL 2 in, the same blocks as from manifests out.
//!
//! - `variables` gives `var.…` and `local.…` their values, `eval` evaluates, with `operator`, `convert` and the functions,
//! - `body` checks against the tables and `fit` makes values what these ask for.

mod body;
pub mod codes;
mod convert;
mod eval;
mod fit;
mod function;
mod operator;
mod variables;

use super::codes::defined_twice::defined_twice;
use super::codes::duplicate_name::duplicate_name;
use super::syntax::report;
use crate::diagnostic::Sink;
use crate::nomad::form::Block;
use crate::nomad::tables;
use crate::source::{FileId, Source, Sources, Span, World};
use body::Reader;
use eval::Evaluator;
use std::borrow::Cow;
use std::collections::BTreeMap;
use variables::Given;

/// Whether a path is one that job files are read from.
#[must_use]
pub fn is_job_file(path: &str) -> bool {
    path.starts_with("services/") && (path.ends_with(".nomad") || path.ends_with(".hcl")) && !is_values_file(path)
}

/// Whether a path is one that values of variables are read from.
#[must_use]
pub fn is_values_file(path: &str) -> bool {
    path.starts_with("services/") && path.ends_with(".vars.hcl")
}

/// What variables of job files are given from outside.
#[derive(Debug, Default)]
pub struct Values {
    /// By the lab itself.
    lab: Given,
    /// By the `*.vars.hcl` files of each folder; these go before.
    folders: BTreeMap<String, Given>,
}

impl Values {
    /// Takes up the lab's values, and reads every file of values among the sources.
    pub fn read(lab: Option<&Block>, world: &dyn World, sources: &Sources, sink: &mut Sink) -> Self {
        let mut values = Self::default();
        for value in lab.iter().flat_map(|lab| lab.body.blocks("values")).flat_map(|values| &values.body.attributes) {
            values.lab.insert(value.name.clone().into_owned(), (value.name_span, value.value.clone()));
        }
        for (file, source) in sources.iter().filter(|(_, source)| is_values_file(&source.path)) {
            let parse = hlmc_hcl::parse(&source.text);
            report(&parse.errors, codes::syntax::code, file, sink);
            let given = values.folders.entry(folder(&source.path).to_owned()).or_default();
            for (name, value) in variables::given(&parse.body, &mut evaluator(source, file, world, sink)) {
                match given.get(&name.value) {
                    Some((first, _)) => sink.push(duplicate_name(&name.value, *first, name.span)),
                    None => {
                        given.insert(name.value, (name.span, value));
                    }
                }
            }
        }
        values
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The job of a file; nothing where it has none, or where that can't be read.
pub fn job(source: &Source, file: FileId, values: &Values, world: &dyn World, sink: &mut Sink) -> Option<Block> {
    let parse = hlmc_hcl::parse(&source.text);
    // Other programs have their own `.hcl` files, and they may lie beside a service.
    let certain = source.path.ends_with(".nomad") || source.path.ends_with(".nomad.hcl");
    if !certain && !parse.body.blocks().any(|block| block.name.text == "job") {
        return None;
    }
    report(&parse.errors, codes::syntax::code, file, sink);
    if !parse.errors.is_empty() {
        return None;
    }
    let mut evaluator = evaluator(source, file, world, sink);
    let mut given = values.lab.clone();
    given.extend(values.folders.get(folder(&source.path)).cloned().unwrap_or_default());
    evaluator.declare(&parse.body, &given);
    read(&parse.body, &mut evaluator)
}

fn evaluator<'e>(source: &'e Source, file: FileId, world: &'e dyn World, sink: &'e mut Sink) -> Evaluator<'e> {
    Evaluator {
        file,
        text: &source.text,
        world,
        folder: folder(&source.path),
        variables: BTreeMap::new(),
        locals: BTreeMap::new(),
        names: Vec::new(),
        sink,
    }
}

fn read(body: &hlmc_hcl::Body<'_>, evaluator: &mut Evaluator<'_>) -> Option<Block> {
    let language = tables::language("nomad-job")?;
    let ty = language.root.block("job")?;
    let mut job = None;
    let mut first: Option<Span> = None;
    for block in body.blocks() {
        let span = evaluator.span(block.head);
        let mut reader = Reader { evaluator, scopes: vec![super::scope::Scope::of(language.root)] };
        match (block.name.text, first) {
            ("job", Some(first)) => evaluator.sink.push(defined_twice("the job of this file", span, first)),
            ("job", None) => {
                first = Some(span);
                job = reader.block(block, ty, body);
            }
            ("variable" | "variables" | "locals", _) => {}
            _ => reader.unknown(block.name.text, span),
        }
    }
    for attribute in body.attributes() {
        let span = evaluator.span(attribute.name.span);
        Reader { evaluator, scopes: vec![super::scope::Scope::of(language.root)] }.unknown(attribute.name.text, span);
    }
    job.map(grouped)
}

/// A task that stands in the job itself is one in a group of its own, before the others.
fn grouped(mut job: Block) -> Block {
    let (tasks, blocks): (Vec<Block>, Vec<Block>) =
        std::mem::take(&mut job.body.blocks).into_iter().partition(|block| block.name == "task");
    let alone = tasks.into_iter().map(|task| {
        let mut group =
            Block { name: Cow::Borrowed("group"), labels: task.labels.clone(), ..Block::new("group", task.span) };
        group.body.blocks.push(task);
        group
    });
    job.body.blocks = alone.collect();
    job.body.blocks.extend(blocks);
    job
}
