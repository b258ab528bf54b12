//! What follows from the lab: where each group can run, and what it takes there.
//!
//! Checks and emitters read the same facts, so that a message and the configuration it is about can't disagree.

mod constraint;
mod folders;
mod image;
pub mod listen;
mod matching;
mod operator;
pub mod outage;
mod pattern;
mod place;
mod registered;
pub mod room;
mod storage;
mod template;
mod text;
mod version;

use crate::model::{Arch, Constraint, Device, Group, Lab, Node, Platforms, Port, Service};
use crate::nomad::form::Block;
use crate::source::{Span, Spanned};
use registered::registered;
use std::collections::{BTreeSet, HashMap};
use std::net::Ipv4Addr;
use std::sync::OnceLock;
use storage::used;

pub use constraint::known;
pub use folders::{is_network, lies_in, mount_of};
pub use image::{Kept, LocalDisk, Owned, Program, is_traefik, kept, owned, program};
pub use matching::violator;
pub use operator::holds;
pub(crate) use place::DEFAULT_CAPABILITIES;
pub use place::{Placed, analyze, analyze_again};
pub use registered::{Discovered, Registered, registrations};
pub use storage::{Source, Used};
pub use template::{Asked, Broken, Field, Template, literal, template};
use text::texts;
pub use text::{Place, Text, templates};

/// The facts that follow from a lab.
#[derive(Debug)]
pub struct Analysis<'l> {
    /// The lab itself.
    pub lab: &'l Lab,
    /// One entry for each group of each service, in their order.
    pub groups: Vec<GroupFacts<'l>>,
    /// One entry for each node, in the order of [`Lab::nodes`].
    pub nodes: Vec<NodeFacts<'l>>,
    registered: OnceLock<Registered<'l>>,
    addresses: OnceLock<HashMap<Ipv4Addr, &'l Node>>,
    hosts: OnceLock<BTreeSet<&'l str>>,
    traefik: OnceLock<bool>,
}

impl<'l> Analysis<'l> {
    /// What follows for a lab, put together.
    pub const fn new(lab: &'l Lab, groups: Vec<GroupFacts<'l>>, nodes: Vec<NodeFacts<'l>>) -> Self {
        Self {
            lab,
            groups,
            nodes,
            registered: OnceLock::new(),
            addresses: OnceLock::new(),
            hosts: OnceLock::new(),
            traefik: OnceLock::new(),
        }
    }

    /// The node that has an address; of two the first.
    pub fn node_at(&self, address: Ipv4Addr) -> Option<&'l Node> {
        let nodes = || self.lab.nodes.iter().rev().map(|node| (node.address.value, node)).collect();
        self.addresses.get_or_init(nodes).get(&address).copied()
    }

    /// The names below the lab's domain that something answers to, without that: of routes, nodes and hosts.
    pub fn hosts(&self) -> &BTreeSet<&'l str> {
        self.hosts.get_or_init(|| {
            let lab = self.lab;
            let below = |host: &'l str| host.strip_suffix(lab.domain.as_str())?.strip_suffix('.');
            let routes = lab.services.iter().flat_map(|service| &service.routes);
            let machines = lab.machines().map(|name| name.as_str());
            routes.filter_map(|route| below(&route.host)).chain(machines).collect()
        })
    }

    /// Whether a service may be a Traefik.
    pub fn has_traefik(&self) -> bool {
        *self.traefik.get_or_init(|| self.lab.services.iter().any(is_traefik))
    }

    /// What follows for each service, in the order of [`Lab::services`].
    pub fn services(&self) -> impl Iterator<Item = ServiceFacts<'_, 'l>> {
        let mut rest = self.groups.as_slice();
        self.lab.services.iter().map(move |service| {
            let (groups, behind) = rest.split_at(service.groups.len());
            rest = behind;
            ServiceFacts { service, groups, texts: OnceLock::new() }
        })
    }

    /// What is found through discovery, by name.
    pub fn registered(&self) -> &Registered<'l> {
        self.registered.get_or_init(|| registered(self.lab))
    }
}

/// What follows for one service.
#[derive(Clone, Debug)]
pub struct ServiceFacts<'a, 'l> {
    /// The service.
    pub service: &'l Service,
    /// Its groups.
    pub groups: &'a [GroupFacts<'l>],
    texts: OnceLock<Vec<Text<'l>>>,
}

impl<'l> ServiceFacts<'_, 'l> {
    /// The texts of its job.
    pub fn texts(&self) -> &[Text<'l>] {
        self.texts.get_or_init(|| texts(self.service))
    }
}

/// What follows for one group.
#[derive(Debug)]
pub struct GroupFacts<'l> {
    /// The service it belongs to.
    pub service: &'l Service,
    /// The group.
    pub group: &'l Group,
    /// The same in its job.
    pub block: &'l Block,
    used: OnceLock<Vec<Used<'l>>>,
    /// Indices of the nodes it can run on, ascending.
    pub nodes: Vec<usize>,
    /// The other nodes that the job asks for, ascending, with what each lacks that the group needs: a driver, an
    /// architecture, a device or a volume. Why all others are left out, [`Analysis::obstacles`] says.
    pub lacking: Vec<(usize, Obstacle<'l>)>,
}

/// Why a group can't run on a node: the first condition that removes the node.
#[derive(Clone, Debug)]
pub enum Obstacle<'l> {
    /// The node runs no services.
    NoClient,
    /// The node is in another node pool than the one the job asks for.
    Pool(Option<Spanned<&'l str>>),
    /// The job asks for other datacenters than the lab's.
    Datacenter(Span),
    /// A constraint doesn't hold.
    Constraint(&'l Constraint),
    /// The image isn't made for the node's architecture.
    Platform {
        /// The image.
        image: &'l Spanned<String>,
        /// What states its architectures: the manifest or the lock.
        stated: &'l Platforms,
    },
    /// The node doesn't offer the task driver.
    Driver(&'l Spanned<String>),
    /// The node doesn't have the host volume.
    Volume(&'l Spanned<String>),
    /// The node has the host volume, for reading only.
    ReadOnlyVolume(&'l Spanned<String>),
    /// The node doesn't have the device, or not as many.
    Device(&'l Device),
    /// The node isn't on the network that a port is asked for on.
    Network(&'l Spanned<String>),
}

/// What follows for one node.
#[derive(Debug)]
pub struct NodeFacts<'l> {
    /// The node.
    pub node: &'l Node,
    /// Indices into [`Analysis::groups`] of what can run here.
    pub groups: Vec<usize>,
    /// Something that can run here mounts paths of the node into a container: Docker's volumes have to be on.
    pub docker_volumes: bool,
    /// Something that can run here is privileged.
    pub docker_privileged: bool,
    /// Linux capabilities that something here asks for beside Docker's default ones; sorted.
    pub docker_capabilities: Vec<String>,
    /// Seconds that the slowest to stop of what can run here asks for.
    pub kill_timeout: u64,
    /// Static ports that something here may listen on, with the index of its group.
    pub ports: Vec<(usize, &'l Port)>,
}

impl<'l> GroupFacts<'l> {
    /// What follows for a group, which `block` is in its job, that can run on these nodes.
    #[must_use]
    pub const fn new(service: &'l Service, group: &'l Group, block: &'l Block, nodes: Vec<usize>) -> Self {
        Self { service, group, block, nodes, lacking: Vec::new(), used: OnceLock::new() }
    }

    /// What its tasks keep where.
    pub fn used(&self) -> &[Used<'l>] {
        self.used.get_or_init(|| used(self.block))
    }

    /// Indices of the nodes it can run on.
    pub fn eligible(&self) -> impl Iterator<Item = usize> {
        self.nodes.iter().copied()
    }

    /// The architectures that the group has to be kept to, since the lock says that nodes which the job asks for can't run
    /// an image of it; nothing where there is no need.
    #[must_use]
    pub fn architectures(&self) -> Option<Vec<Arch>> {
        let locked = |obstacle: &Obstacle<'_>| matches!(obstacle, Obstacle::Platform { stated, .. } if stated.locked);
        let fits = |arch: &Arch| {
            let images = || self.group.tasks.iter().filter_map(|task| task.image.as_ref());
            let mut stated = self.service.platforms.iter().filter(|stated| images().any(|it| it.value == stated.image));
            stated.all(|stated| stated.arches.contains(arch))
        };
        let needed = self.lacking.iter().any(|(_, obstacle)| locked(obstacle));
        needed.then(|| Arch::ALL.into_iter().filter(fits).collect())
    }
}
