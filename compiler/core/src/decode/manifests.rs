//! *parse + decode*: every file of a lab, in parallel, as blocks checked against the language's tables.

use super::codes::defined_twice::defined_twice;
use super::hcl;
use super::parameters::Parameters;
use super::syntax;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, ValueKind};
use crate::nomad::schema::BlockType;
use crate::nomad::tables;
use crate::source::{AT_ONCE, EMBEDDED, Embedded, FileId, LAB_FILE, Source, Sources, Spanned, World};
use hlmc_syntax::NodeRef;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the files of a lab hold, each value with its span.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// `lab`, however often it stands there.
    pub labs: Vec<Block>,
    /// `node`
    pub nodes: Vec<Block>,
    /// `service`
    pub services: Vec<Manifest>,
    /// `use`
    pub uses: Vec<Manifest>,
    /// `job`
    pub jobs: Vec<Manifest>,
    /// The files that may hold more services: something in them is written so that it couldn't be read.
    pub with_more: BTreeSet<FileId>,
    /// `preset` and `integration`, by their name; read anew with the parameters of each use.
    pub presets: BTreeMap<String, Definition>,
    /// `integration`, by its name.
    pub integrations: BTreeMap<String, Definition>,
    /// What every text may use: `@{lab}`, `@{domain}`, `@{datacenter}`.
    pub parameters: Parameters,
}

/// A block with the file it came from.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The block.
    pub block: Block,
    /// Path of its file.
    pub path: Arc<str>,
}

/// A block that is read anew for each use, since its texts have parameters.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name.
    pub name: Spanned<String>,
    /// Its file.
    pub file: FileId,
}

/// The type of a block that may stand at the top of a manifest.
#[must_use]
pub fn top(name: &str) -> Option<&'static BlockType> {
    tables::language("manifest").and_then(|language| language.root.block(name))
}

/// What `lab.kdl` holds.
pub struct LabFile {
    part: Part,
    parameters: Parameters,
    found: Sink,
}

/// Decodes `lab.kdl`.
#[must_use]
pub fn lab_file(lab: &Source) -> LabFile {
    let mut parameters = Parameters::default();
    let mut found = Sink::default();
    let mut part = file(lab, LAB_FILE, &parameters, &mut found);
    add_parameters(&part, &mut parameters);
    let parameters = parameters.shared();
    // What stands in `lab.kdl` beside the lab may use its parameters too, so it is read once more with them.
    if part.others {
        found = Sink::default();
        part = file(lab, LAB_FILE, &parameters, &mut found);
    }
    LabFile { part, parameters, found }
}

/// Decodes all other sources. Embedded presets and integrations are added to the sources and to what is found. What is wrong in a
/// file but the lab's own is told apart, by file.
pub fn manifests(
    own: LabFile,
    world: &dyn World,
    sources: &mut Sources,
    sink: &mut Sink,
) -> (Manifests, BTreeMap<FileId, Sink>) {
    let mut manifests = Manifests { parameters: own.parameters, ..Manifests::default() };
    let mut of_files = BTreeMap::new();
    sink.append(own.found);
    manifests.add(own.part.manifests, sink);
    let given = hcl::Values::read(manifests.labs.first(), world, sources, sink);
    let parts = parts(world, sources, &manifests.parameters, &given);
    let mut declared: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
    for (id, part, found) in parts {
        of_files.insert(id, found);
        manifests.add(part.manifests, sink);
        if let Some(variables) = part.variables {
            for name in variables.iter().flatten() {
                manifests.parameters.mark(name);
            }
            let folder =
                declared.entry(hcl::folder(sources.path(id)).to_owned()).or_insert_with(|| Some(BTreeSet::new()));
            *folder = folder.take().zip(variables).map(|(known, new)| known.union(&new).cloned().collect());
        }
    }
    given.check(&declared, sink);
    for definition in embedded_definitions(sources) {
        let (kind, name) = (definition.0, definition.1.name.value.clone());
        let known = if kind == "preset" { &mut manifests.presets } else { &mut manifests.integrations };
        known.entry(name).or_insert(definition.1);
    }
    (manifests, of_files)
}

/// Decodes one file with the parameters that [`manifests`] gave.
pub fn again(id: FileId, sources: &Sources, parameters: &Parameters, sink: &mut Sink) -> Manifests {
    sources.get(id).map(|source| file(source, id, parameters, sink).manifests).unwrap_or_default()
}

/// What each file but the lab's own holds, and what is wrong with it.
fn parts(
    world: &dyn World,
    sources: &mut Sources,
    parameters: &Parameters,
    given: &hcl::Values,
) -> Vec<(FileId, Part, Sink)> {
    let (first, ids): (Vec<FileId>, Vec<FileId>) = sources
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != LAB_FILE)
        .partition(|id| sources.get(*id).is_some_and(hcl::may_read_templates));
    let mut early = Vec::new();
    // These add to the sources, so they go one after the other.
    for id in first {
        let mut found = Sink::default();
        let mut part = job_file(id, given, world, sources, &mut found);
        for template in std::mem::take(&mut part.templates) {
            sources.add(template.path, template.text);
        }
        early.push((id, part, found));
    }
    let mut parts: Vec<_> = ids
        .par_iter()
        .with_max_len(AT_ONCE)
        .map(|id| {
            let mut sink = Sink::default();
            let part = match sources.get(*id) {
                Some(source) if source.path.ends_with(".kdl") => file(source, *id, parameters, &mut sink),
                _ => job_file(*id, given, world, sources, &mut sink),
            };
            (*id, part, sink)
        })
        .collect();
    parts.append(&mut early);
    parts.sort_by_key(|(id, ..)| *id);
    parts
}

/// What one file holds.
#[derive(Default)]
struct Part {
    manifests: Manifests,
    others: bool,
    /// The names of the variables of a job file; nothing in it where it can't be read.
    variables: Option<Option<BTreeSet<String>>>,
    /// The templates that a job file reads.
    templates: Vec<Source>,
}

/// A job file of Nomad's.
fn job_file(id: FileId, given: &hcl::Values, world: &dyn World, sources: &Sources, sink: &mut Sink) -> Part {
    let mut part = Part { others: true, ..Part::default() };
    let Some(source) = sources.get(id).filter(|source| hcl::is_job_file(&source.path)) else { return part };
    if let Some(read) = hcl::job(id, given, world, sources, sink) {
        part.manifests.with_more.extend(read.job.is_none().then_some(id));
        part.manifests.jobs.extend(read.job.map(|block| Manifest { block, path: source.path.clone() }));
        part.variables = Some(read.variables);
        part.templates = read.templates;
    }
    part
}

fn file(source: &Source, id: FileId, parameters: &Parameters, sink: &mut Sink) -> Part {
    let mut part = Part::default();
    let parse = hlmc_syntax::parse(&source.text);
    syntax::report(&parse.errors, syntax::code, id, sink);
    syntax::report(&parse.warnings, syntax::code, id, sink);
    part.manifests.with_more.extend((!parse.errors.is_empty()).then_some(id));
    for node in parse.document.nodes() {
        let name = node.args().next().and_then(|entry| entry.value().as_str().map(|text| (text, entry.value_span())));
        let found = &mut part.manifests;
        let definitions = match node.name() {
            "preset" => Some(&mut found.presets),
            "integration" => Some(&mut found.integrations),
            _ => None,
        };
        if let (Some(known), Some((name, span))) = (definitions, name) {
            let span = crate::source::Span::of(id, span);
            let definition = Definition { name: Spanned::new(name.to_owned(), span), file: id };
            define_once(node.name(), definition, known, sink);
            continue;
        }
        let mut parameters = parameters.clone();
        if let Some(name) = service_name(node, &parameters) {
            parameters.set("service", ValueKind::Str(name));
        }
        let Some(block) = block(node, id, &parameters, sink) else {
            found.with_more.extend((!matches!(node.name(), "lab" | "node")).then_some(id));
            continue;
        };
        part.others |= block.name != "lab";
        let manifest = |block| Manifest { block, path: source.path.clone() };
        match &*block.name {
            "lab" => found.labs.push(block),
            "node" => found.nodes.push(block),
            "service" => found.services.push(manifest(block)),
            "use" => found.uses.push(manifest(block)),
            "job" => found.jobs.push(manifest(block)),
            _ => {}
        }
    }
    part
}

/// What `@{service}` is in a manifest: the service's name, in which the lab's own parameters may stand.
fn service_name(node: NodeRef<'_, '_>, parameters: &Parameters) -> Option<String> {
    let own = || node.args().next();
    let name = match node.name() {
        "service" | "job" => own(),
        "use" => {
            let child = || node.children().find(|child| child.name() == "as")?.args().next();
            let property = node.props().find(|entry| entry.key().is_some_and(|key| key.text == "as"));
            property.or_else(child).or_else(own)
        }
        _ => None,
    };
    let name = name?.value().as_str()?;
    // What is wrong in the name is told where it is decoded.
    let filled = parameters.fill_text(name, crate::source::Span::default(), &mut Sink::default());
    Some(filled.unwrap_or_else(|| name.to_owned()))
}

fn add_parameters(lab: &Part, parameters: &mut Parameters) {
    let Some(lab) = lab.manifests.labs.first() else { return };
    let text = |name: &str| lab.body.str(name).map(|text| text.value.to_owned());
    let name = lab.label().map(|name| name.value.clone());
    // Where the domain is missing, that is said once.
    let domain = text("domain").unwrap_or_default();
    for (key, value) in [
        ("lab", name),
        ("domain", Some(domain)),
        ("datacenter", Some(text("datacenter").unwrap_or_else(|| "home".into()))),
    ] {
        if let Some(value) = value {
            parameters.set(key, ValueKind::Str(value));
        }
    }
    for value in lab.body.blocks("values").flat_map(|values| &values.body.attributes) {
        // The lab's own names stay what they are.
        if !matches!(&*value.name, "lab" | "domain" | "datacenter" | "service") {
            parameters.set(value.name.clone(), value.value.kind.clone());
        }
    }
}

impl Manifests {
    /// Whether a file has something else than services.
    #[must_use]
    pub fn has_others(&self, file: FileId) -> bool {
        let blocks = self.labs.iter().chain(&self.nodes);
        let mut definitions = self.presets.values().chain(self.integrations.values());
        blocks.into_iter().any(|block| block.span.file == file) || definitions.any(|it| it.file == file)
    }

    fn add(&mut self, mut other: Self, sink: &mut Sink) {
        self.labs.append(&mut other.labs);
        self.nodes.append(&mut other.nodes);
        self.services.append(&mut other.services);
        self.uses.append(&mut other.uses);
        self.jobs.append(&mut other.jobs);
        self.with_more.append(&mut other.with_more);
        for (what, known, new) in
            [("preset", &mut self.presets, other.presets), ("integration", &mut self.integrations, other.integrations)]
        {
            for definition in new.into_values() {
                define_once(what, definition, known, sink);
            }
        }
    }
}

/// Adds a definition, unless there is one of its name: then that is reported.
fn define_once(what: &str, new: Definition, known: &mut BTreeMap<String, Definition>, sink: &mut Sink) {
    match known.get(&new.name.value) {
        Some(first) => {
            sink.push(defined_twice(&format!("{what} `{}`", new.name.value), new.name.span, first.name.span));
        }
        None => {
            known.insert(new.name.value.clone(), new);
        }
    }
}

/// Presets and integrations that ship inside the binary, their texts added to the sources.
fn embedded_definitions(sources: &mut Sources) -> Vec<(&'static str, Definition)> {
    let mut found = Vec::new();
    for embedded in EMBEDDED {
        let kind = if embedded.path.starts_with("stdlib/presets/") {
            "preset"
        } else if embedded.path.starts_with("integrations/") {
            "integration"
        } else {
            continue;
        };
        found.extend(definitions(embedded, kind, sources).into_iter().map(|definition| (kind, definition)));
    }
    found
}

/// Adds an embedded manifest to the sources and lists the blocks of a kind in it.
pub fn definitions(embedded: &Embedded, kind: &str, sources: &mut Sources) -> Vec<Definition> {
    let Some(text) = embedded.path.ends_with(".kdl").then(|| std::str::from_utf8(embedded.bytes).ok()).flatten() else {
        return Vec::new();
    };
    let file = sources.add(format!("hlmc:{}", embedded.path), text);
    let parse = hlmc_syntax::parse(text);
    let mut found = Vec::new();
    for node in parse.document.nodes().filter(|node| node.name() == kind) {
        if let Some(entry) = node.args().next()
            && let Some(name) = entry.value().as_str()
        {
            let span = crate::source::Span::of(file, entry.value_span());
            found.push(Definition { name: Spanned::new(name.to_owned(), span), file });
        }
    }
    found
}

/// Reads a definition with parameters.
pub fn define(
    definition: &Definition,
    kind: &str,
    parameters: &Parameters,
    sources: &Sources,
    sink: &mut Sink,
) -> Option<Manifest> {
    let source = sources.get(definition.file)?;
    let parse = hlmc_syntax::parse(&source.text);
    let node = parse.document.nodes().find(|node| {
        let name = node.args().next();
        node.name() == kind
            && name.is_some_and(|entry| {
                crate::source::Span::of(definition.file, entry.value_span()) == definition.name.span
            })
    })?;
    let block = block(node, definition.file, parameters, sink)?;
    Some(Manifest { block, path: source.path.clone() })
}

/// Reads a node at the top of a manifest.
fn block(node: NodeRef<'_, '_>, file: FileId, parameters: &Parameters, sink: &mut Sink) -> Option<Block> {
    super::top(node, file, tables::language("manifest")?.root, parameters, sink)
}
