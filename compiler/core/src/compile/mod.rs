//! The whole flow, stage after stage.

mod again;
mod front;

use crate::analyze::{Analysis, analyze};
use crate::bundle::{Bundle, IsThere};
use crate::diagnostic::{Code, Diagnostic, Severity, Sink};
use crate::model::Lab;
use crate::source::{FileId, Source, Sources, World};
use crate::{check as checks, decode, emit, import, lower, resolve, source};
pub use again::Checker;
use front::{Front, Keep};
use std::collections::BTreeSet;

/// What a compilation gives.
#[derive(Debug)]
pub struct Compiled {
    /// The texts that spans point into.
    pub sources: Sources,
    /// Everything that was found, by place.
    pub diagnostics: Vec<Diagnostic>,
    /// The bundle; `None` where an error stands in its way, or only a check was asked for.
    pub bundle: Option<Bundle>,
    /// The lab as far as it could be read; `None` where there is none.
    pub lab: Option<Lab>,
}

/// What becomes of `hlmc.lock`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locking {
    /// It isn't read.
    Aside,
    /// It is applied where there is one.
    Applied,
    /// It has to have every image.
    Required,
}

/// Compiles a lab.
#[must_use]
pub fn compile(world: &dyn World) -> Compiled {
    compile_with(world, Locking::Applied)
}

/// Compiles a lab with its lock, without it, or held to it.
#[must_use]
pub fn compile_with(world: &dyn World, locking: Locking) -> Compiled {
    compile_beside(world, locking, &|_| false)
}

/// The same for a place that is asked whether it has a file of the bundle: the bytes of what is there aren't kept.
#[must_use]
pub fn compile_beside(world: &dyn World, locking: Locking, is_there: &IsThere<'_>) -> Compiled {
    run(world, locking, |analysis| Some(emit::bundle_beside(analysis, is_there)))
}

/// Finds everything that [`compile`] would find, and emits nothing.
#[must_use]
pub fn check(world: &dyn World) -> Compiled {
    check_with(world, Locking::Applied)
}

/// Finds everything that [`compile_with`] would find, and emits nothing.
#[must_use]
pub fn check_with(world: &dyn World, locking: Locking) -> Compiled {
    run(world, locking, |_| None)
}

/// What of a lab can be reached from where, as `report/exposure.txt` has it; `None` where an error stands in its way.
#[must_use]
pub fn audit(world: &dyn World) -> (Compiled, Option<String>) {
    let mut text = None;
    let compiled = run(world, Locking::Applied, |analysis| {
        text = Some(emit::exposure::text(analysis));
        None
    });
    (compiled, text)
}

/// Every code there is, by name.
#[must_use]
pub fn codes() -> Vec<&'static Code> {
    let stages = [
        source::codes::ALL,
        import::compose::codes::ALL,
        import::yaml::codes::ALL,
        decode::syntax::ALL,
        decode::codes::ALL,
        decode::hcl::codes::ALL,
        resolve::codes::ALL,
        lower::codes::ALL,
        checks::ALL,
    ];
    let mut codes: Vec<&'static Code> = stages.into_iter().flatten().copied().collect();
    codes.sort_by_key(|code| code.name);
    codes
}

/// Reads and lowers a lab without its lock, and looks at nothing else.
#[must_use]
pub fn lab_of(world: &dyn World) -> Compiled {
    let Front { sources, lab, found, .. } = Front::new(world, Locking::Aside, Keep::Nothing);
    Compiled { sources, diagnostics: found.all().into_sorted(), bundle: None, lab }
}

fn run(world: &dyn World, locking: Locking, emit: impl FnOnce(&Analysis<'_>) -> Option<Bundle>) -> Compiled {
    let Front { sources, lab, found, .. } = Front::new(world, locking, Keep::Nothing);
    let mut sink = found.all();
    let bundle = lab.as_ref().and_then(|lab| {
        let analysis = analyze(lab);
        if let Some(broken) = whole(&sources, &sink) {
            let (mut of_lab, of_services) =
                rayon::join(|| checks::of_lab(&analysis), || checks::of_services(&analysis, |_| true));
            of_services.into_iter().flatten().for_each(|found| of_lab.append(found));
            sink.append(of_lab.without_files(&broken));
        }
        checks::settle(lab, &sources, &codes(), &mut sink);
        if sink.has_errors() { None } else { emit(&analysis) }
    });
    Compiled { diagnostics: by_need(sink, &sources), sources, bundle, lab }
}

/// What is to be told: what could be better can wait until it works, and what reads a secret may be what is wrong.
fn by_need(mut sink: Sink, sources: &Sources) -> Vec<Diagnostic> {
    sink.point_at_own(|file| sources.get(file).is_none_or(|source| !source.path.starts_with("hlmc:")));
    if sink.has_errors() {
        let unused = &checks::unused_secret::CODE;
        sink.keep(|found| found.severity != Severity::Advice && found.code != unused);
    }
    sink.into_sorted()
}

/// Whether there is enough of the lab to be checked, and then the files that aren't: what earlier stages left out of them would
/// make a check complain of what isn't wrong. A file of services stands for itself; what is wrong in any other shapes the whole
/// lab.
fn whole(sources: &Sources, found: &Sink) -> Option<BTreeSet<FileId>> {
    let broken = found.broken_files();
    let stands_for_itself = |file: &FileId| sources.get(*file).is_some_and(only_services);
    broken.iter().all(stands_for_itself).then_some(broken)
}

/// Whether a file has services and nothing else.
fn only_services(source: &Source) -> bool {
    // Job files, and what they read.
    if !source.path.ends_with(".kdl") {
        return true;
    }
    let parse = hlmc_syntax::parse(&source.text);
    let mut nodes = parse.document.nodes().peekable();
    nodes.peek().is_some() && nodes.all(|node| matches!(node.name(), "service" | "job"))
}
