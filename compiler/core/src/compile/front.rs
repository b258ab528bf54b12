//! *read, decode, resolve, lower*: the lab as plain data, with what is wrong kept by what it is wrong with, so that one service
//! can be worked out anew.

use super::Locking;
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::codes::unused_value::unused_value;
use crate::decode::manifests::{Manifests, lab_file, manifests};
use crate::diagnostic::Sink;
use crate::lower;
use crate::lower::{Assets, Context, Registry};
use crate::model::{Lab, Namespace, Service};
use crate::resolve::codes::no_lab::no_lab;
use crate::resolve::{self, Catalogue, Expanded, NameKind};
use crate::source::{AT_ONCE, FileId, LAB_FILE, Sources, Span, World, read};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A lab as far as it could be read, and how it came to be.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) sources: Sources,
    /// `None` where there is none.
    pub(super) lab: Option<Lab>,
    pub(super) found: Found,
    /// What the files hold beside services and jobs.
    pub(super) manifests: Manifests,
    /// Sorted by name, as the services of the lab are.
    pub(super) expanded: Vec<Expanded>,
    pub(super) catalogue: Catalogue,
    pub(super) registry: Registry,
    pub(super) assets: Assets,
    /// How many of the lab's [`Lab::allowed`] aren't those of services.
    pub(super) allowed: usize,
}

/// What is wrong.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// With anything else.
    pub(super) lab: Sink,
    /// With what is written in a file.
    pub(super) files: BTreeMap<FileId, Sink>,
    /// With what presets and defaults make of each service.
    pub(super) expanded: Vec<Sink>,
    /// With what services allow.
    pub(super) allowed: Sink,
    /// With names in discovery.
    pub(super) registry: Sink,
    /// With each service's job.
    pub(super) lowered: Vec<Sink>,
    /// With values that nothing uses.
    values: Sink,
}

impl Found {
    fn parts(&self) -> impl Iterator<Item = &Sink> {
        [&self.lab, &self.allowed, &self.registry, &self.values]
            .into_iter()
            .chain(self.files.values())
            .chain(&self.expanded)
            .chain(&self.lowered)
    }

    /// All of it.
    pub(super) fn all(&self) -> Sink {
        let mut all = Sink::default();
        self.parts().for_each(|part| all.append(part.clone()));
        all
    }

    fn has_errors(&self) -> bool {
        self.parts().any(Sink::has_errors)
    }
}

/// What is kept of the services before they were lowered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Keep {
    /// Nothing: what they say is moved into their jobs.
    Nothing,
    /// All of it, for the next change.
    Expanded,
}

impl Front {
    pub(super) fn new(world: &dyn World, locking: Locking, keep: Keep) -> Self {
        let mut front = Self::default();
        let sink = &mut front.found.lab;
        let (sources, own) = read(world, lab_file, sink);
        front.sources = sources;
        (front.manifests, front.found.files) = manifests(own, world, &mut front.sources, sink);
        if front.manifests.labs.is_empty() {
            front.report_no_lab(world);
        } else {
            front.lab(world, locking, keep);
        }
        front
    }

    fn report_no_lab(&mut self, world: &dyn World) {
        let text = self.sources.get(LAB_FILE).map_or("", |source| &source.text);
        let declared = hlmc_syntax::parse(text).document.nodes().any(|node| node.name() == "lab");
        if !declared && !self.found.has_errors() {
            let exists = world.read("lab.kdl").is_ok();
            self.found.lab.push(no_lab(exists, Span::new(LAB_FILE, 0, 0)));
        }
    }

    fn lab(&mut self, world: &dyn World, locking: Locking, keep: Keep) {
        let Some((block, others)) = self.manifests.labs.split_first() else { return };
        let sink = &mut self.found.lab;
        for again in others {
            sink.push(defined_twice("the lab", again.span, block.span));
        }
        let is_broken = sink.broken_files().contains(&LAB_FILE);
        let mut lab = resolve::lab(block, sink);
        lab.more_secrets = is_broken;
        lab.nodes = resolve::nodes(&self.manifests.nodes, &self.sources, sink);
        lab.allowed = resolve::allowed(block, &self.manifests.nodes, sink);
        self.allowed = lab.allowed.len();
        let broken = self.found.all().broken_files();
        lab.more_nodes = broken.iter().any(|file| lacks_its_node(&lab, self.sources.path(*file)));
        let sink = &mut self.found.lab;
        let expansion = resolve::expand(&mut self.manifests, &broken, &mut self.sources, sink);
        lab.providers = expansion.providers;
        self.catalogue = expansion.catalogue;
        (self.expanded, self.found.expanded) = expansion.services.into_iter().unzip();
        let is_misnamed = |service: &Expanded| !service.core && !NameKind::Label.fits(&service.name);
        lab.more_services = !self.manifests.with_more.is_empty() || self.expanded.iter().any(is_misnamed);
        if locking != Locking::Aside {
            let mut found = Sink::default();
            lab.lock = resolve::lock(world, &mut self.sources, &mut found);
            // In a lock that can't be read, no image is missing.
            lab.locked = locking == Locking::Required && !found.has_errors();
            sink.append(found);
        }
        (self.registry, self.assets) = rayon::join(
            || Registry::collect(&self.expanded, &mut self.found.registry),
            || lower::assets(&self.expanded, world, sink),
        );
        self.allow(&mut lab);
        let expanded = match keep {
            Keep::Expanded => self.expanded.clone(),
            Keep::Nothing => std::mem::take(&mut self.expanded),
        };
        let (mut services, mut lowered) = (Vec::new(), Vec::new());
        let expanded = expanded.into_par_iter().with_max_len(AT_ONCE);
        expanded.map(|service| self.lower(&lab, service)).unzip_into_vecs(&mut services, &mut lowered);
        (lab.services, self.found.lowered) = (services, lowered);
        add_namespaces(&mut lab);
        self.report_unused_values();
        self.lab = Some(lab);
    }

    /// Lowers a service.
    pub(super) fn lower(&self, lab: &Lab, service: Expanded) -> (Service, Sink) {
        let context = Context { lab, registry: &self.registry, assets: &self.assets };
        let mut sink = Sink::default();
        (lower::service(service, context, &mut sink), sink)
    }

    /// Collects what services allow.
    pub(super) fn allow(&mut self, lab: &mut Lab) {
        self.found.allowed = Sink::default();
        lab.allowed.truncate(self.allowed);
        lab.allowed.extend(resolve::allowed_by_services(&self.expanded, &mut self.found.allowed));
    }

    /// Values of the lab that nothing uses: with everything read without an error, each use is known.
    pub(super) fn report_unused_values(&mut self) {
        self.found.values = Sink::default();
        if self.found.has_errors() {
            return;
        }
        let Some(block) = self.manifests.labs.first() else { return };
        for value in block.body.blocks("values").flat_map(|values| &values.body.attributes) {
            if !self.manifests.parameters.is_used(&value.name) {
                self.found.values.push(unused_value(&value.name, value.name_span));
            }
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

/// Whether a file is that of a node which isn't in the lab.
fn lacks_its_node(lab: &Lab, path: &str) -> bool {
    path.starts_with("nodes/") && lab.nodes.iter().all(|node| node.manifest != path)
}
