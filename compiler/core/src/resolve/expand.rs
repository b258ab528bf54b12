//! Presets, catalogue entries and providers expanded into whole services.

use super::catalogue::Catalogue;
use super::codes::{
    bad_value::bad_value,
    missing_parameter::missing_parameter,
    preset_cycle::preset_cycle,
    unknown_reference::{unknown_member, unknown_reference},
};
use super::name::{NameKind, check_name};
use super::task::is_task;
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::codes::unknown_parameter::not_taken;
use crate::decode::manifests::{Definition, Manifest, Manifests, define, top};
use crate::decode::parameters::Parameters;
use crate::diagnostic::Sink;
use crate::model::{Provider, Role};
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::source::{AT_ONCE, FileId, Sources, Span, Spanned};
use rayon::prelude::*;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A service with everything that presets, the catalogue and the lab's defaults give it.
#[derive(Clone, Debug)]
pub struct Expanded {
    /// Its name in this lab.
    pub name: Spanned<String>,
    /// What it says, by the names of the table `service`; for a `job` the job itself.
    pub body: Body,
    /// Whether it is a `job`: already in the core form.
    pub core: bool,
    /// The file it came from, whose folder its files lie in.
    pub path: Arc<str>,
    /// Parameters of its templates.
    pub parameters: Parameters,
    /// Its manifest has an error, or a preset of it is missing: what that would have given is not to be missed.
    pub broken: bool,
}

/// What is expanded.
#[derive(Debug)]
pub struct Expansion {
    /// Every service of the lab, sorted by name, each with what is wrong with it alone.
    pub services: Vec<(Expanded, Sink)>,
    /// Which provider fills which role.
    pub providers: Vec<Provider>,
    /// What `use` finds.
    pub catalogue: Catalogue,
}

/// Expands every service of the lab. They are taken out of the manifests; `broken` are the files that have an error.
pub fn expand(
    manifests: &mut Manifests,
    broken: &BTreeSet<FileId>,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Expansion {
    for (what, known) in [("preset", &manifests.presets), ("integration", &manifests.integrations)] {
        known.values().for_each(|definition| _ = check_name(what, &definition.name, NameKind::Label, sink));
    }
    let mut services: BTreeMap<String, (Expanded, Sink)> = BTreeMap::new();
    let (own, jobs) = (std::mem::take(&mut manifests.services), std::mem::take(&mut manifests.jobs));
    let jobs = jobs.into_par_iter().map(|job| (job, true));
    let own: Vec<(Option<Expanded>, Sink)> = own
        .into_par_iter()
        .map(|service| (service, false))
        .chain(jobs)
        .with_max_len(AT_ONCE)
        .map(|(manifest, core)| {
            let mut sink = Sink::default();
            (expanded(manifest, core, manifests, &mut sink), sink)
        })
        .collect();
    for (service, found) in own {
        match service {
            Some(service) => add(service, found, &mut services, sink),
            None => sink.append(found),
        }
    }
    let manifests = &*manifests;
    let providers = providers(manifests, &mut services, sources, sink);
    let catalogue = if manifests.uses.is_empty() { Catalogue::default() } else { Catalogue::load(sources) };
    let sources = &*sources;
    uses(manifests, &catalogue, &mut services, sources, sink);
    let services = services.into_values().collect::<Vec<_>>().into_par_iter().with_max_len(AT_ONCE);
    let services = services.map(|(mut service, mut sink)| {
        service.broken = broken.contains(&service.name.span.file);
        let service = if service.core { service } else { finish(service, manifests, sources, &mut sink) };
        (service, sink)
    });
    Expansion { services: services.collect(), providers, catalogue }
}

/// A manifest of a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `service`
    Service,
    /// `job`
    Job,
    /// `use`
    Use,
}

/// Expands one service that stands in a manifest, with everything else as [`expand`] had it.
pub fn expand_one(
    manifest: Manifest,
    kind: Kind,
    broken: bool,
    (manifests, catalogue): (&Manifests, &Catalogue),
    sources: &Sources,
) -> Option<(Expanded, Sink)> {
    let mut sink = Sink::default();
    let mut service = match kind {
        Kind::Use => use_of(&manifest, manifests, catalogue, sources, &mut sink)?,
        Kind::Service | Kind::Job => expanded(manifest, kind == Kind::Job, manifests, &mut sink)?,
    };
    service.broken = broken;
    let service = if service.core { service } else { finish(service, manifests, sources, &mut sink) };
    Some((service, sink))
}

fn expanded(manifest: Manifest, core: bool, manifests: &Manifests, sink: &mut Sink) -> Option<Expanded> {
    let name = manifest.block.label()?.clone();
    let (what, kind) = if core { ("job", NameKind::Job) } else { ("service", NameKind::Label) };
    check_name(what, &name, kind, sink);
    let parameters = own_parameters(&name, manifests);
    let body = if core { manifest.block.body } else { normalized(manifest.block.body) };
    Some(Expanded { name, body, core, path: manifest.path, parameters, broken: false })
}

fn own_parameters(name: &str, manifests: &Manifests) -> Parameters {
    let mut parameters = manifests.parameters.clone();
    parameters.set("service", ValueKind::Str(name.to_owned()));
    parameters
}

fn add(service: Expanded, found: Sink, services: &mut BTreeMap<String, (Expanded, Sink)>, sink: &mut Sink) {
    match services.entry(service.name.value.clone()) {
        Entry::Occupied(first) => {
            let what = format!("service `{}`", service.name.value);
            sink.append(found);
            sink.push(defined_twice(&what, service.name.span, first.get().0.name.span));
        }
        Entry::Vacant(place) => {
            place.insert((service, found));
        }
    }
}

/// Brings short forms into one: `cpu`, `memory` and `memory-max` go into `resources`.
fn normalized(mut body: Body) -> Body {
    let is_short = |attribute: &mut Attribute| matches!(&*attribute.name, "cpu" | "memory" | "memory-max");
    let moved: Vec<Attribute> = body.attributes.extract_if(.., is_short).collect();
    for attribute in moved {
        let span = attribute.value.span;
        body.block_mut("resources", span).body.set(attribute.name, attribute.value);
    }
    for task in body.blocks.iter_mut().filter(|block| is_task(block)) {
        task.body = normalized(std::mem::take(&mut task.body));
    }
    body
}

fn providers(
    manifests: &Manifests,
    services: &mut BTreeMap<String, (Expanded, Sink)>,
    sources: &Sources,
    sink: &mut Sink,
) -> Vec<Provider> {
    let mut providers = Vec::new();
    let Some(lab) = manifests.labs.first() else { return providers };
    for role in Role::ALL {
        let Some(block) = lab.body.block(role.name()) else { continue };
        let Some(name) = block.label() else { continue };
        let Some(definition) = manifests.integrations.get(&name.value) else {
            let known = of_role(role, manifests, sources);
            sink.push(unknown_reference("integration", name, name.span, known));
            continue;
        };
        providers.extend(
            Expander { manifests, sources, sink, broken: false, presets: 0 }
                .provider(role, block, name, definition, services),
        );
    }
    providers
}

/// The names of the integrations that fill a role.
fn of_role<'m>(role: Role, manifests: &'m Manifests, sources: &Sources) -> Vec<&'m str> {
    let fills = |definition: &Definition| {
        let read = define(definition, "integration", &manifests.parameters, sources, &mut Sink::default());
        read.is_some_and(|it| it.block.body.str("role").is_some_and(|filled| filled.value == role.name()))
    };
    let integrations = manifests.integrations.iter();
    integrations.filter(|(_, definition)| fills(definition)).map(|(name, _)| name.as_str()).collect()
}

/// More presets in one service than anybody has a use for.
const MOST_PRESETS: usize = 200;

/// What presets and integrations are read with.
struct Expander<'e> {
    manifests: &'e Manifests,
    sources: &'e Sources,
    sink: &'e mut Sink,
    /// Whether a preset was missing or could not be read.
    broken: bool,
    /// How many presets were taken in so far.
    presets: usize,
}

impl Expander<'_> {
    fn provider(
        &mut self,
        role: Role,
        block: &Block,
        name: &Spanned<String>,
        definition: &Definition,
        services: &mut BTreeMap<String, (Expanded, Sink)>,
    ) -> Option<Provider> {
        let (manifest, parameters, options) = self.instantiate(definition, "integration", &block.body, name)?;
        let body = &manifest.block.body;
        if let Some(filled) = body.str("role").filter(|filled| filled.value != role.name()) {
            let known = of_role(role, self.manifests, self.sources);
            let what = format!("integration for the role `{}` called", role.name());
            self.sink.push(
                unknown_reference(&what, name, name.span, known).also(filled.span, "this one fills another role"),
            );
            return None;
        }
        let mut service = None;
        for block in body.blocks("service") {
            let Some(name) = block.label().cloned() else { continue };
            check_name("service", &name, NameKind::Label, self.sink);
            let mut parameters = parameters.clone();
            parameters.set("service", ValueKind::Str(name.value.clone()));
            service.get_or_insert_with(|| name.value.clone());
            let body = normalized(block.body.clone());
            let path = manifest.path.clone();
            let new = Expanded { name, body, core: false, path, parameters, broken: false };
            add(new, Sink::default(), services, self.sink);
        }
        Some(Provider { role, name: name.clone(), options, service, span: block.span })
    }

    /// Reads a preset or integration with the parameters it is given; what isn't given gets its default.
    fn instantiate(
        &mut self,
        definition: &Definition,
        kind: &str,
        given: &Body,
        place: &Spanned<String>,
    ) -> Option<(Manifest, Parameters, Body)> {
        // What parameters there are stands in the definition itself, so it is read once for them and once with them.
        let mut parameters = self.manifests.parameters.clone();
        let mut found = Sink::default();
        let declared = define(definition, kind, &parameters, self.sources, &mut found)?;
        let word = if kind == "preset" { "param" } else { "option" };
        let mut options = Body::default();
        let mut missing: Vec<&Spanned<String>> = Vec::new();
        for parameter in declared.block.body.blocks(word) {
            let Some(name) = parameter.label() else { continue };
            let value = given.attribute(name).or_else(|| parameter.body.attribute("default"));
            if let Some(attribute) = value {
                fits_type(parameter, attribute, self.sink);
                parameters.set(name.value.clone(), attribute.value.kind.clone());
                options.set(name.value.clone(), attribute.value.clone());
            } else {
                missing.push(name);
            }
        }
        let known =
            |name: &str| declared.block.body.blocks(word).any(|block| block.label().is_some_and(|it| it.value == name));
        for attribute in given.attributes.iter().filter(|attribute| !known(&attribute.name)) {
            let names: Vec<&str> = declared
                .block
                .body
                .blocks(word)
                .filter_map(|block| block.label().map(|label| label.as_str()))
                .collect();
            self.sink.push(not_taken(&place.value, &attribute.name, attribute.name_span, names));
        }
        if !missing.is_empty() {
            // A parameter whose own declaration is wrong may have a default that couldn't be read.
            if report_wrong_declarations(found, &declared.block.body, word, self.sink) {
                return None;
            }
            self.sink.push(missing_parameter(&place.value, &missing, place.span));
            return None;
        }
        let manifest = define(definition, kind, &parameters, self.sources, self.sink)?;
        Some((manifest, parameters, options))
    }

    /// The body of a service laid over the presets that it takes in.
    fn with_presets(&mut self, mut body: Body, within: &mut Vec<Spanned<String>>) -> Body {
        let presets: Vec<Block> = body.blocks.extract_if(.., |block| block.name == "preset").collect();
        if presets.is_empty() {
            return body;
        }
        let mut whole = Body::default();
        let ty = top("service");
        for block in &presets {
            let Some(name) = block.label() else { continue };
            let Some(definition) = self.manifests.presets.get(&name.value) else {
                let known = self.manifests.presets.keys().map(String::as_str);
                self.sink.push(unknown_reference("preset", name, name.span, known));
                self.broken = true;
                continue;
            };
            if let Some(at) = within.iter().position(|taken| taken.value == name.value) {
                self.sink.push(preset_cycle(name, &within[at..]));
                self.broken = true;
                continue;
            }
            self.presets += 1;
            if self.presets > MOST_PRESETS {
                // Presets that each take in two others double at every step.
                if self.presets == MOST_PRESETS + 1 {
                    let expected = format!("one of the {MOST_PRESETS} presets that a service may take in at most");
                    let diagnostic = bad_value(name, &expected, name.span);
                    self.sink.push(diagnostic.help("let presets take in fewer others, or the same one once"));
                }
                self.broken = true;
                return whole;
            }
            let Some((manifest, ..)) = self.instantiate(definition, "preset", &block.body, name) else {
                self.broken = true;
                continue;
            };
            if let Some(service) = manifest.block.body.block("service") {
                within.push(name.clone());
                let body = self.with_presets(normalized(service.body.clone()), within);
                within.pop();
                whole.merge(body, ty);
            }
        }
        whole.merge(body, ty);
        whole
    }
}

fn uses(
    manifests: &Manifests,
    catalogue: &Catalogue,
    services: &mut BTreeMap<String, (Expanded, Sink)>,
    sources: &Sources,
    sink: &mut Sink,
) {
    let mut used: BTreeMap<String, Span> = BTreeMap::new();
    for manifest in &manifests.uses {
        let Some((entry, name)) = names_of_use(manifest) else { continue };
        if let Some(first) = used.insert(name.value.clone(), name.span) {
            sink.push(defined_twice(&format!("service `{}`", name.value), name.span, first));
            continue;
        }
        if let (Some((service, _)), true) = (services.get_mut(&name.value), name.value == entry.value) {
            check_name("service", &name, NameKind::Label, sink);
            service.body.merge(over(manifest), top("service"));
            continue;
        }
        let mut found = Sink::default();
        match use_of(manifest, manifests, catalogue, sources, &mut found) {
            Some(service) => add(service, found, services, sink),
            None => sink.append(found),
        }
    }
}

/// What a `use` takes from the catalogue, and what that is called here.
fn names_of_use(manifest: &Manifest) -> Option<(&Spanned<String>, Spanned<String>)> {
    let entry = manifest.block.label()?;
    let own = manifest.block.body.str("as").map(|name| name.map(str::to_owned));
    Some((entry, own.unwrap_or_else(|| entry.clone())))
}

/// What a `use` says of the service.
fn over(manifest: &Manifest) -> Body {
    let mut over = normalized(manifest.block.body.clone());
    over.attributes.retain(|attribute| attribute.name != "as");
    over
}

/// An entry of the catalogue with what a `use` says of it.
fn use_of(
    manifest: &Manifest,
    manifests: &Manifests,
    catalogue: &Catalogue,
    sources: &Sources,
    sink: &mut Sink,
) -> Option<Expanded> {
    let (entry, name) = names_of_use(manifest)?;
    check_name("service", &name, NameKind::Label, sink);
    let Some(definition) = catalogue.services.get(&entry.value) else {
        let known = catalogue.services.keys().map(String::as_str);
        sink.push(unknown_member("the catalogue", "service", entry, entry.span, known));
        return None;
    };
    let parameters = own_parameters(&name, manifests);
    let base = define(definition, "service", &parameters, sources, sink)?;
    let mut body = normalized(base.block.body);
    body.merge(over(manifest), top("service"));
    Some(Expanded { name, body, core: false, path: base.path, parameters, broken: false })
}

/// Takes in the presets of a service and the lab's defaults.
fn finish(mut service: Expanded, manifests: &Manifests, sources: &Sources, sink: &mut Sink) -> Expanded {
    let defaults = manifests.labs.first().and_then(|lab| lab.body.block("defaults"));
    let defaults = || defaults.map(|block| block.body.clone()).unwrap_or_default();
    let mut expansion = Expander { manifests, sources, sink, broken: false, presets: 0 };
    let own = expansion.with_presets(std::mem::take(&mut service.body), &mut Vec::new());
    service.broken |= expansion.broken;
    service.body = defaults();
    service.body.merge(own, top("service"));
    for task in service.body.blocks.iter_mut().filter(|block| is_task(block)) {
        let own = std::mem::replace(&mut task.body, defaults());
        task.body.merge(own, top("service"));
    }
    service
}

/// Reports what was found wrong in the declarations of parameters; whether there was something.
fn report_wrong_declarations(found: Sink, body: &Body, word: &str, sink: &mut Sink) -> bool {
    let mut wrong = false;
    for diagnostic in found.into_sorted() {
        let at = diagnostic.primary.span;
        if body.blocks(word).any(|block| block.span.start <= at.start && at.end <= block.span.end) {
            sink.push(diagnostic);
            wrong = true;
        }
    }
    wrong
}

/// Reports an option of another type than the integration asks for.
fn fits_type(option: &Block, given: &Attribute, sink: &mut Sink) {
    let text = given.value.kind.to_text().unwrap_or_default();
    let (expected, help) = match (option.body.str("type").map(|ty| ty.value), &given.value.kind) {
        (Some("int"), ValueKind::Str(_) | ValueKind::Bool(_) | ValueKind::Float(_)) => {
            ("a whole number", "write the number without quotes")
        }
        (Some("bool"), ValueKind::Str(_) | ValueKind::Int(_) | ValueKind::Float(_)) => {
            ("a truth value", "write `#true` or `#false`")
        }
        (Some("email"), _) if !text.is_empty() && !is_email(&text) => {
            ("an e-mail address", "write one like `ops@example.com`, of letters, digits, `.`, `-`, `_` and `+`")
        }
        _ => return,
    };
    sink.push(bad_value(&text, expected, given.value.span).help(help));
}

/// Whether a text is an e-mail address of plain characters.
fn is_email(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._+".contains(&b);
    text.split_once('@').is_some_and(|(user, domain)| {
        let labels = domain
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|b| b != b'_' && b != b'+' && plain(b)));
        !user.is_empty() && user.bytes().all(plain) && labels
    })
}

/// An option of a provider as text.
#[must_use]
pub fn option<'b>(options: &'b Body, name: &str) -> Option<&'b str> {
    match &options.attribute(name)?.value {
        Value { kind: ValueKind::Str(text), .. } => Some(text),
        _ => None,
    }
}
