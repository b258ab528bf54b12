//! What one thing that is imported becomes, and what it asks of the lab around it.

use super::kdl::{Node, Scalar, write};
use crate::source::Spanned;
use std::collections::{BTreeMap, BTreeSet};

/// A service or job of the new lab.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The file it was made of.
    pub from: String,
    /// What it is called; its folder is `services/NAME`.
    pub name: Spanned<String>,
    /// The manifest: usually one `service` or `job`.
    pub manifest: Vec<Node>,
    /// Files beside the manifest, by their path from there.
    pub files: Vec<(String, String)>,
    /// What the lab has to have for it.
    pub wants: Wants,
    /// What it is.
    pub form: Form,
    /// How many lines it has, with its files.
    pub lines: usize,
    /// How many lines it had.
    pub lines_before: usize,
    /// In what it differs from what was read, once it is built again; empty where in nothing.
    pub differences: Vec<String>,
    /// Why it is no `service`.
    pub kept: Option<String>,
}

/// What a draft is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Form {
    /// A `service`.
    #[default]
    Service,
    /// A `job`, name by name.
    Job,
}

/// What services ask of the lab and its nodes.
#[derive(Clone, Debug, Default)]
pub struct Wants {
    /// Datacenters that it may run in, without patterns.
    pub datacenters: BTreeSet<String>,
    /// Names of nodes, with who asks for them.
    pub nodes: BTreeSet<String>,
    /// Classes of nodes.
    pub classes: BTreeSet<String>,
    /// Pools of nodes.
    pub pools: BTreeSet<String>,
    /// Architectures.
    pub arches: BTreeSet<String>,
    /// Task drivers.
    pub drivers: BTreeSet<String>,
    /// Host volumes.
    pub volumes: BTreeSet<String>,
    /// The folders behind host volumes, as far as they are known.
    pub places: BTreeMap<String, Place>,
    /// Devices of nodes.
    pub devices: BTreeSet<String>,
    /// Networks of nodes beside the lab's own.
    pub networks: BTreeSet<String>,
    /// How many machines it takes at least.
    pub machines: usize,
    /// A reverse proxy, for routes.
    pub proxy: bool,
    /// The domain that routes are below.
    pub domain: Option<String>,
    /// Values of the lab that a person has to give.
    pub open: BTreeSet<String>,
    /// Metadata of nodes, by key.
    pub meta: BTreeMap<String, String>,
    /// Values that manifests have as `@{name}`.
    pub values: BTreeMap<String, Scalar>,
    /// What is to be said about a value.
    pub notes: BTreeMap<String, String>,
    /// Secrets: the keys that stores hold, by store and path.
    pub secrets: BTreeMap<(String, String), BTreeSet<String>>,
}

/// The folder of a node behind a host volume.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The folder.
    pub path: Scalar,
    /// `uid:gid`.
    pub owner: Option<String>,
    /// What a person should know about it.
    pub note: Option<String>,
    /// What is mounted there.
    pub mount: Option<Node>,
}

impl Draft {
    /// The path of its manifest in the lab.
    #[must_use]
    pub fn path(&self) -> String {
        format!("services/{}/service.kdl", self.name.value)
    }

    /// All of its files with their paths in the lab.
    pub fn texts(&self) -> impl Iterator<Item = (String, String)> {
        let folder = format!("services/{}", self.name.value);
        let beside = self.files.iter().map(move |(path, text)| (format!("{folder}/{path}"), text.clone()));
        std::iter::once((self.path(), write(&self.manifest))).chain(beside)
    }
}

impl Wants {
    /// Takes up what another asks for.
    pub fn add(&mut self, other: &Self) {
        self.datacenters.extend(other.datacenters.iter().cloned());
        self.nodes.extend(other.nodes.iter().cloned());
        self.classes.extend(other.classes.iter().cloned());
        self.pools.extend(other.pools.iter().cloned());
        self.arches.extend(other.arches.iter().cloned());
        self.drivers.extend(other.drivers.iter().cloned());
        self.volumes.extend(other.volumes.iter().cloned());
        self.places.extend(other.places.iter().map(|(name, place)| (name.clone(), place.clone())));
        self.devices.extend(other.devices.iter().cloned());
        self.networks.extend(other.networks.iter().cloned());
        self.machines = self.machines.max(other.machines);
        self.open.extend(other.open.iter().cloned());
        self.proxy |= other.proxy;
        if self.domain.is_none() {
            self.domain.clone_from(&other.domain);
        }
        self.meta.extend(other.meta.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.values.extend(other.values.iter().map(|(key, value)| (key.clone(), value.clone())));
        self.notes.extend(other.notes.iter().map(|(key, note)| (key.clone(), note.clone())));
        for (place, keys) in &other.secrets {
            self.secrets.entry(place.clone()).or_default().extend(keys.iter().cloned());
        }
    }
}
