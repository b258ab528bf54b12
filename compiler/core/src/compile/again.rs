//! The same lab again and again, of which only what a change concerns is worked out anew.
//!
//! Most changes are to one service. Then its file is decoded, expanded and lowered, with whatever looked at it, and checked
//! with all of the lab around it. Any other change starts from nothing.

use super::front::{Front, Keep};
use super::{Compiled, Locking, by_need, codes, whole};
use crate::analyze::{Placed, analyze_again, is_traefik, registrations};
use crate::check as checks;
use crate::decode::manifests;
use crate::diagnostic::Sink;
use crate::lower;
use crate::model::{Lab, Service};
use crate::nomad::form::Block;
use crate::resolve::{Kind, expand_one};
use crate::source::{FileId, Span, World, text};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Checks a lab whenever it has changed.
#[derive(Debug, Default)]
pub struct Checker {
    known: Option<Known>,
    worked_out: usize,
}

/// What is known of the lab.
#[derive(Debug)]
struct Known {
    front: Front,
    /// What is wrong with each service among the others; nothing where that wasn't looked at.
    checked: Vec<Option<Sink>>,
    /// Where each service can run.
    placed: Vec<Placed>,
}

/// Which services have to be looked at again.
struct Stale {
    /// Everything was read anew.
    anew: bool,
    /// By their places.
    services: BTreeSet<usize>,
    /// What they offer to others isn't what it was.
    all: bool,
}

impl Checker {
    /// Finds everything that is wrong with a lab, as [`check_with`](super::check_with) does. Where `changed` is given, no other
    /// files of the lab have changed since the last time, and none has come or gone.
    pub fn check(&mut self, world: &dyn World, locking: Locking, changed: Option<&BTreeSet<String>>) -> Compiled {
        let again = self.known.take().zip(changed).and_then(|(mut known, changed)| {
            let stale = known.front.renew(world, changed, &mut known.checked)?;
            Some((known, stale))
        });
        let (mut known, stale) = again.unwrap_or_else(|| {
            let known =
                Known { front: Front::new(world, locking, Keep::Expanded), checked: Vec::new(), placed: Vec::new() };
            (known, Stale { anew: true, services: BTreeSet::new(), all: true })
        });
        let services = known.front.expanded.len();
        self.worked_out = if stale.anew { services } else { stale.services.len() };
        let found = known.found(&stale);
        let diagnostics = by_need(found, &known.front.sources);
        let sources = known.front.sources.clone();
        self.known = Some(known);
        Compiled { sources, diagnostics, bundle: None, lab: None }
    }

    /// How many services the last check has worked out.
    #[must_use]
    pub const fn worked_out(&self) -> usize {
        self.worked_out
    }
}

impl Known {
    /// What is wrong, with what is stale checked again.
    fn found(&mut self, stale: &Stale) -> Sink {
        let mut sink = self.front.found.all();
        let Some(lab) = &self.front.lab else { return sink };
        let mut placed = std::mem::take(&mut self.placed);
        placed.resize(lab.services.len(), Placed::new());
        stale.services.iter().for_each(|at| placed[*at].clear());
        let analysis = analyze_again(lab, placed);
        if let Some(broken) = whole(&self.front.sources, &sink) {
            self.checked.resize(lab.services.len(), None);
            let checked = &self.checked;
            let wanted = |at: usize| stale.all || stale.services.contains(&at) || checked[at].is_none();
            let (mut found, anew) =
                rayon::join(|| checks::of_lab(&analysis), || checks::of_services(&analysis, wanted));
            for (known, anew) in self.checked.iter_mut().zip(anew).filter(|(_, anew)| anew.is_some()) {
                *known = anew;
            }
            self.checked.iter().flatten().for_each(|of_service| found.append(of_service.clone()));
            sink.append(found.without_files(&broken));
        }
        self.placed = analysis.placed();
        checks::settle(lab, &self.front.sources, &codes(), &mut sink);
        sink
    }
}

impl Front {
    /// Works out what has changed; `None` where everything may be different.
    fn renew(&mut self, world: &dyn World, changed: &BTreeSet<String>, checked: &mut [Option<Sink>]) -> Option<Stale> {
        let mut lab = self.lab.take()?;
        let files = changed.iter().map(|path| self.file(path)).collect::<Option<BTreeSet<FileId>>>()?;
        if self.found.lab.touches(&files) || self.found.registry.touches(&files) {
            return None;
        }
        let mut anew = BTreeSet::new();
        let mut names_differ = false;
        for file in &files {
            let mut found = Sink::default();
            for at in self.decode_again(*file, &lab, world, &mut found)? {
                names_differ |= self.registry.update(&self.expanded[at]);
                let mut missing = Sink::default();
                self.assets.add(lower::assets(std::slice::from_ref(&self.expanded[at]), world, &mut missing));
                if missing.found() > 0 {
                    return None;
                }
                anew.insert(at);
            }
            self.found.files.insert(*file, found);
        }
        if names_differ {
            self.found.registry = Sink::default();
            self.registry = lower::Registry::collect(&self.expanded, &mut self.found.registry);
        }
        let touched = |sink: &Sink| sink.touches(&files);
        let names: BTreeSet<&str> = anew.iter().map(|at| self.expanded[*at].name.as_str()).collect();
        let looked = |service: &Service| service.references.iter().any(|it| names.contains(it.service.as_str()));
        let wanted = |at: usize| {
            let found = &self.found.lowered[at];
            let concerned = names_differ && (found.found() > 0 || looked(&lab.services[at]));
            anew.contains(&at) || concerned || touched(found)
        };
        let stale: Vec<usize> = (0..self.expanded.len()).filter(|at| wanted(*at)).collect();
        let lowered: Vec<_> =
            stale.into_par_iter().map(|at| (at, self.lower(&lab, self.expanded[at].clone()))).collect();
        let mut stale = Stale { anew: false, services: BTreeSet::new(), all: false };
        for (at, (service, found)) in lowered {
            if service.namespace.value != lab.services[at].namespace.value {
                return None;
            }
            stale.all |= offers(&service) != offers(&lab.services[at]);
            stale.services.insert(at);
            lab.services[at] = service;
            self.found.lowered[at] = found;
        }
        stale.services.extend((0..checked.len()).filter(|at| checked[*at].as_ref().is_some_and(touched)));
        self.allow(&mut lab);
        self.report_unused_values();
        self.lab = Some(lab);
        Some(stale)
    }

    /// The id of a file that may hold services and nothing else.
    fn file(&self, path: &str) -> Option<FileId> {
        let (file, _) = self.sources.iter().find(|(_, source)| &*source.path == path)?;
        (path.starts_with("services/") && path.ends_with(".kdl") && !self.manifests.has_others(file)).then_some(file)
    }

    /// Reads a file again, with presets and defaults for its services; gives their places. `None` where other services, or
    /// anything else, stand in it now.
    fn decode_again(&mut self, file: FileId, lab: &Lab, world: &dyn World, found: &mut Sink) -> Option<Vec<usize>> {
        let old = self.sources.get(file)?.clone();
        let new = text(&old.path, world.read(&old.path), Span::new(file, 0, 0), found)?;
        let has_values = self.manifests.labs.iter().any(|lab| lab.body.block("values").is_some());
        if has_values && [&*old.text, &new].iter().any(|text| text.contains("@{")) {
            return None;
        }
        self.sources.replace(file, new);
        let mut new = manifests::again(file, &self.sources, &self.manifests.parameters, found);
        if new.has_others(file) || new.with_more.contains(&file) != self.manifests.with_more.contains(&file) {
            return None;
        }
        let kinds = [(Kind::Service, new.services), (Kind::Job, new.jobs), (Kind::Use, new.uses.clone())];
        let blocks = kinds.into_iter().flat_map(|(kind, manifests)| manifests.into_iter().map(move |it| (it, kind)));
        let before: Vec<usize> =
            (0..self.expanded.len()).filter(|at| self.expanded[*at].name.span.file == file).collect();
        let broken = found.has_errors();
        let mut places = Vec::new();
        for (manifest, kind) in blocks {
            let around = (&self.manifests, &self.catalogue);
            let (service, found) = expand_one(manifest, kind, broken, around, &self.sources)?;
            let at = self.expanded.binary_search_by(|known| known.name.value.cmp(&service.name.value)).ok()?;
            // What several places say together isn't in this file alone.
            let is_shared = (kind != Kind::Use && self.is_used(&service.name)) || is_brought(lab, &service.name);
            if !before.contains(&at) || places.contains(&at) || is_shared || self.expanded[at].core != service.core {
                return None;
            }
            self.expanded[at] = service;
            self.found.expanded[at] = found;
            places.push(at);
        }
        self.manifests.uses.retain(|it| it.block.span.file != file);
        self.manifests.uses.append(&mut new.uses);
        (places.len() == before.len()).then_some(places)
    }

    /// Whether a `use` names a service.
    fn is_used(&self, name: &str) -> bool {
        self.manifests.uses.iter().any(|it| {
            let own = it.block.body.str("as").is_some_and(|own| own.value == name);
            own || it.block.label().is_some_and(|label| label.value == name)
        })
    }
}

/// Whether an integration brings a service.
fn is_brought(lab: &Lab, name: &str) -> bool {
    lab.providers.iter().any(|provider| provider.service.as_deref() == Some(name))
}

/// What a service is to the others.
#[derive(PartialEq)]
struct Offer<'s> {
    /// The names that it is found under, the labels of their ports, and where that is.
    names: Vec<[Option<&'s str>; 3]>,
    /// Its ports by their labels, and where they are on the node.
    ports: Vec<(&'s str, Option<u16>)>,
    /// The hosts of its routes.
    hosts: Vec<&'s str>,
    /// Whether it is Traefik.
    traefik: bool,
    /// How it is run as a storage plugin.
    plugins: Vec<Option<&'s Block>>,
}

fn offers(service: &Service) -> Offer<'_> {
    fn text<'s>(block: &'s Block, name: &str) -> Option<&'s str> {
        block.body.str(name).map(|text| text.value)
    }
    let registered = service.job.body.blocks("group").flat_map(registrations);
    let ports = service.groups.iter().flat_map(|group| &group.ports);
    let plugins = service.tasks().filter(|task| task.body.block("csi_plugin").is_some());
    Offer {
        names: registered.map(|block| ["name", "port", "provider"].map(|word| text(block, word))).collect(),
        ports: ports.map(|port| (&*port.label.value, port.fixed.as_ref().map(|fixed| fixed.value))).collect(),
        hosts: service.routes.iter().map(|route| route.host.as_str()).collect(),
        traefik: is_traefik(service),
        plugins: plugins.map(|task| task.body.block("config")).collect(),
    }
}
