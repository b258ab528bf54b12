//! The whole flow, stage after stage.

use crate::analyze::{Analysis, analyze};
use crate::bundle::Bundle;
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::codes::unused_value::unused_value;
use crate::decode::manifests::manifests;
use crate::decode::parameters::Parameters;
use crate::diagnostic::{Code, Diagnostic, Severity, Sink};
use crate::model::{Lab, Namespace, Service};
use crate::nomad::form::Block;
use crate::resolve::codes::no_lab::no_lab;
use crate::source::{FileId, LAB_FILE, Source, Sources, Span, World, read};
use crate::{check as checks, decode, emit, import, lower, resolve, source};
use rayon::prelude::*;

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
    run(world, locking, |analysis| Some(emit::bundle(analysis)))
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
    let mut sink = Sink::default();
    let mut sources = read(world, &mut sink);
    let lab = lab(world, Locking::Aside, &mut sources, &mut sink);
    Compiled { sources, diagnostics: sink.into_sorted(), bundle: None, lab }
}

fn run(world: &dyn World, locking: Locking, emit: impl FnOnce(&Analysis<'_>) -> Option<Bundle>) -> Compiled {
    let mut sink = Sink::default();
    let mut sources = read(world, &mut sink);
    let lab = lab(world, locking, &mut sources, &mut sink);
    let bundle = lab.as_ref().and_then(|lab| {
        let analysis = analyze(lab);
        check_what_is_whole(&analysis, &sources, &mut sink);
        checks::settle(lab, &sources, &codes(), &mut sink);
        if sink.has_errors() { None } else { emit(&analysis) }
    });
    // What could be better can wait until it works, and what reads a secret may be what is wrong.
    if sink.has_errors() {
        let unused = &checks::unused_secret::CODE;
        sink.keep(|found| found.severity != Severity::Advice && found.code != unused);
    }
    Compiled { sources, diagnostics: sink.into_sorted(), bundle, lab }
}

/// Runs the checks on what earlier stages found nothing wrong with: what they left out would make a check complain of what
/// isn't wrong. A file of services stands for itself; what is wrong in any other shapes the whole lab.
fn check_what_is_whole(analysis: &Analysis<'_>, sources: &Sources, sink: &mut Sink) {
    let broken = sink.broken_files();
    let stands_for_itself = |file: &FileId| sources.get(*file).is_some_and(only_services);
    if broken.iter().all(stands_for_itself) {
        let mut found = Sink::default();
        checks::check(analysis, &mut found);
        sink.append(found.without_files(&broken));
    }
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

/// *parse, decode, resolve, lower*: the lab as plain data.
fn lab(world: &dyn World, locking: Locking, sources: &mut Sources, sink: &mut Sink) -> Option<Lab> {
    let manifests = manifests(world, sources, sink);
    let Some(block) = manifests.labs.first() else {
        let text = sources.get(LAB_FILE).map_or("", |source| &source.text);
        let declared = hlmc_syntax::parse(text).document.nodes().any(|node| node.name() == "lab");
        if !declared && !sink.has_errors() {
            let exists = world.read("lab.kdl").is_ok();
            sink.push(no_lab(exists, Span::new(LAB_FILE, 0, 0)));
        }
        return None;
    };
    for again in &manifests.labs[1..] {
        sink.push(defined_twice("the lab", again.span, block.span));
    }
    let mut lab = resolve::lab(block, sink);
    lab.nodes = resolve::nodes(&manifests.nodes, sources, sink);
    let (values, parameters) = (block.clone(), manifests.parameters.clone());
    lab.allowed = resolve::allowed(block, &manifests.nodes, sink);
    let (services, providers) = resolve::expand(manifests, sources, sink);
    lab.providers = providers;
    if locking != Locking::Aside {
        let mut found = Sink::default();
        lab.lock = resolve::lock(world, sources, &mut found);
        // In a lock that can't be read, no image is missing.
        lab.locked = locking == Locking::Required && !found.has_errors();
        sink.append(found);
    }
    lab.allowed.extend(resolve::allowed_by_services(&services, sink));
    let registry = lower::Registry::collect(&services, sink);
    let assets = lower::assets(&services, world, sink);
    let context = lower::Context { lab: &lab, registry: &registry, assets: &assets };
    let lowered: Vec<(Service, Sink)> = services
        .into_par_iter()
        .map(|service| {
            let mut sink = Sink::default();
            (lower::service(&service, context, &mut sink), sink)
        })
        .collect();
    lab.services = lowered.into_iter().map(|(service, found)| sink.take(service, found)).collect();
    add_namespaces(&mut lab);
    if !sink.has_errors() {
        report_unused_values(&values, &parameters, sink);
    }
    Some(lab)
}

/// Values of the lab that nothing uses: with everything read without an error, each use is known.
fn report_unused_values(lab: &Block, parameters: &Parameters, sink: &mut Sink) {
    for value in lab.body.blocks("values").flat_map(|values| &values.body.attributes) {
        if !parameters.is_used(&value.name) {
            sink.push(unused_value(&value.name, value.name_span));
        }
    }
}

/// Namespaces that services name are made even where the lab doesn't declare them.
fn add_namespaces(lab: &mut Lab) {
    for service in &lab.services {
        let name = &service.namespace;
        if name.value != "default" && !lab.namespaces.iter().any(|known| known.name.value == name.value) {
            lab.namespaces.push(Namespace { name: name.clone(), description: String::new() });
        }
    }
    lab.namespaces.sort_by(|a, b| a.name.value.cmp(&b.name.value));
}
