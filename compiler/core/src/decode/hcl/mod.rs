//! Nomad's own job files as a front end: HCL 2 in, the same blocks as from manifests out.
//!
//! - `values` reads what is given from outside, `variables` gives `var.…` and `local.…` their values, `eval` evaluates, with `operator`, `convert` and the functions,
//! - `body` checks against the tables and `fit` makes values what these ask for.

mod body;
pub mod codes;
mod convert;
mod eval;
mod fit;
mod function;
mod operator;
mod template;
mod values;
mod variables;

use super::codes::defined_twice::defined_twice;
use super::syntax::report;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Value, ValueKind};
use crate::nomad::tables;
use crate::source::{FileId, Source, Sources, Span, World};
use body::Reader;
use codes::no_job::no_job;
use eval::Evaluator;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
pub use values::Values;

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

/// Around the name of a variable that stays in the texts of a job, for who writes them anew. No file has these characters for anything.
pub const OPEN: char = '\u{E000}';
/// See [`OPEN`].
pub const CLOSE: char = '\u{E001}';

/// Whether a value is a variable that stays one, and nothing else.
fn is_variable(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Str(text) if text.starts_with(OPEN) && text.ends_with(CLOSE) && text.matches(OPEN).count() == 1)
}

/// The folder of a file, from the lab's.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What a job file has.
#[derive(Debug, Default)]
pub struct JobFile {
    /// Its job; nothing where it has none, or where that can't be read.
    pub job: Option<Block>,
    /// The names of its variables; nothing where it can't be read.
    pub variables: Option<BTreeSet<String>>,
    /// The templates that it reads and that aren't among the sources: they have the ids behind those.
    pub templates: Vec<Source>,
}

/// Whether a job file may read templates.
#[must_use]
pub fn may_read_templates(source: &Source) -> bool {
    is_job_file(&source.path) && source.text.contains("templatefile")
}

/// Reads a file that may be a job file; nothing where it is none.
pub fn job(file: FileId, values: &Values, world: &dyn World, sources: &Sources, sink: &mut Sink) -> Option<JobFile> {
    let source = sources.get(file)?;
    let parse = hlmc_hcl::parse(&source.text);
    // Other programs have their own `.hcl` files, and they may lie beside a service.
    let certain = source.path.ends_with(".nomad") || source.path.ends_with(".nomad.hcl");
    if !certain && !parse.body.blocks().any(|block| block.name.text == "job") {
        return None;
    }
    report(&parse.errors, codes::syntax::code, file, sink);
    if !parse.errors.is_empty() {
        return Some(JobFile::default());
    }
    let mut evaluator = evaluator(source, file, world, sources, sink);
    evaluator.declare(&parse.body, &values.of(folder(&source.path)));
    let variables = evaluator.variables.keys().cloned().collect();
    let job = read(&parse.body, &mut evaluator);
    Some(JobFile { job, variables: Some(variables), templates: evaluator.templates })
}

fn evaluator<'e>(
    source: &'e Source,
    file: FileId,
    world: &'e dyn World,
    sources: &'e Sources,
    sink: &'e mut Sink,
) -> Evaluator<'e> {
    Evaluator {
        file,
        text: &source.text,
        world,
        folder: folder(&source.path),
        variables: BTreeMap::new(),
        locals: BTreeMap::new(),
        names: Vec::new(),
        is_template: false,
        sources,
        templates: Vec::new(),
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
    if first.is_none() && body.blocks().all(|block| matches!(block.name.text, "variable" | "variables" | "locals")) {
        evaluator.sink.push(no_job(Span::new(evaluator.file, 0, 0)));
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
