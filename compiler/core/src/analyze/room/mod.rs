//! Room: whether all that has to run at one time has a place, by what nodes have and groups ask for.
//!
//! The answer is a placement that was found, or a proof that there is none, or neither: nothing is guessed.

mod bound;
mod greedy;
mod search;
#[cfg(test)]
mod tests;

use super::Analysis;
use crate::model::{Group, Lab, Node};
use crate::source::Spanned;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

/// What nodes have and groups ask for, in the units that Nomad counts in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// MHz.
    Cpu,
    /// MiB.
    Memory,
    /// MiB.
    Disk,
    /// Devices of a type, such as `gpu`.
    Device(String),
}

/// A node without a limit that is known.
pub const UNKNOWN: u64 = u64::MAX;

/// What has to be placed, and where there is room for it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is counted.
    pub kinds: Vec<Kind>,
    /// For each node, what is left of each kind for the groups of `asks`; [`UNKNOWN`] where it isn't told.
    pub left: Vec<Vec<u64>>,
    /// The groups.
    pub asks: Vec<Ask>,
    /// Groups that run once or at times: they wait for room, and so need it one by one.
    pub waiting: Vec<Ask>,
    /// Nodes on which system jobs alone ask for more than there is: node and kind.
    pub overfull: Vec<(usize, usize)>,
}

/// One group that has to be placed.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Index into [`Analysis::groups`].
    pub group: usize,
    /// What one instance takes of each kind.
    pub amounts: Vec<u64>,
    /// The nodes that it can run on, ascending.
    pub nodes: Vec<usize>,
    /// How many instances.
    pub count: usize,
    /// No two instances on one node.
    pub apart: bool,
    /// Fixed ports that it takes on its node, with the number of the network.
    pub ports: Vec<(usize, u16)>,
}

/// What is known of a plan.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A place for each instance: group and node.
    Placed(Vec<(usize, usize)>),
    /// There is none.
    Impossible(Proof),
    /// None was found, and nothing proves that there is none.
    Open,
}

/// Groups that don't fit together on the nodes that they can run on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// Indices into [`Analysis::groups`], ascending.
    pub groups: Vec<usize>,
    /// The only nodes that they can run on, ascending.
    pub nodes: Vec<usize>,
    /// What there is too little of in sum (an index into [`Plan::kinds`]); `None` where the sums would do, but no way of
    /// dividing the groups among the nodes.
    pub kind: Option<usize>,
}

/// Whether a node has stopped, for all nodes of a lab.
#[must_use]
pub fn down(lab: &Lab, nodes: &[usize]) -> Vec<bool> {
    (0..lab.nodes.len()).map(|node| nodes.contains(&node)).collect()
}

impl Plan {
    /// The groups that have to run all the time, with some nodes down. `wanted` says of a group whether it counts, by its
    /// index; those that run once or at times come and go, and wait for room.
    pub fn new(analysis: &Analysis<'_>, down: &[bool], wanted: impl Fn(usize) -> bool) -> Self {
        let lab = analysis.lab;
        let mut kinds = vec![Kind::Cpu, Kind::Memory, Kind::Disk];
        let devices = analysis.groups.iter().flat_map(|facts| &facts.group.tasks).flat_map(|task| &task.devices);
        let devices: BTreeSet<&str> = devices.map(|device| type_of(&device.name)).collect();
        kinds.extend(devices.into_iter().map(|name| Kind::Device(name.to_owned())));
        let left = lab.nodes.iter().map(|node| kinds.iter().map(|kind| has(node, kind)).collect()).collect();
        let mut plan = Self { kinds, left, asks: Vec::new(), waiting: Vec::new(), overfull: Vec::new() };
        let mut networks: Vec<&str> = Vec::new();
        for (index, facts) in analysis.groups.iter().enumerate() {
            let nodes: Vec<usize> = facts.eligible().filter(|node| !down[*node]).collect();
            let amounts: Vec<u64> = plan.kinds.iter().map(|kind| asks(facts.group, kind)).collect();
            match facts.service.kind.as_str() {
                "system" => nodes.iter().for_each(|node| plan.take(*node, &amounts)),
                kind @ ("service" | "batch") if wanted(index) && !nodes.is_empty() => {
                    let ports = ports(lab, facts.group, &mut networks);
                    let apart = apart(facts.group);
                    // More of those than nodes is a lack of nodes, not of room.
                    let most = if apart { nodes.len() } else { MOST };
                    let count = usize::try_from(facts.group.count.value).unwrap_or(usize::MAX).min(most);
                    let list = if kind == "batch" { &mut plan.waiting } else { &mut plan.asks };
                    list.push(Ask { group: index, amounts, nodes, count, apart, ports });
                }
                _ => {}
            }
        }
        plan
    }

    fn take(&mut self, node: usize, amounts: &[u64]) {
        for (kind, amount) in amounts.iter().enumerate() {
            let left = &mut self.left[node][kind];
            if *left != UNKNOWN {
                if *left < *amount && !self.overfull.contains(&(node, kind)) {
                    self.overfull.push((node, kind));
                }
                *left = left.saturating_sub(*amount);
            }
        }
    }

    /// Looks for a placement, and where none is found for a proof that there is none.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let (mut rest, mut all) = (Cow::Borrowed(self), Vec::new());
        loop {
            let stuck = match greedy::place(&rest) {
                Ok(placed) => {
                    all.extend(placed);
                    return Answer::Placed(all);
                }
                Err(stuck) => stuck,
            };
            let part = rest.around(stuck);
            if let Some(proof) = bound::alone(&part).or_else(|| bound::sums(&part)) {
                return Answer::Impossible(proof);
            }
            match search::answer(&part) {
                Answer::Placed(placed) => {
                    let groups: BTreeSet<usize> = part.asks.iter().map(|ask| ask.group).collect();
                    rest.to_mut().asks.retain(|ask| !groups.contains(&ask.group));
                    all.extend(placed);
                }
                other => return other,
            }
        }
    }

    /// The groups that run once or at times and fit nowhere, were everything else out of the way.
    #[must_use]
    pub fn never(&self) -> Vec<Proof> {
        let one = |ask: &Ask| Self { asks: vec![ask.clone()], waiting: Vec::new(), ..self.clone() };
        let fits = |ask: &&Ask| ask.nodes.iter().any(|node| ask.fits(&self.left[*node]));
        self.waiting.iter().filter(|ask| !fits(ask)).filter_map(|ask| bound::alone(&one(ask))).collect()
    }

    /// What finds no place where as much as possible is placed: groups, with how many of their instances.
    #[must_use]
    pub fn left_over(&self) -> Vec<(usize, usize)> {
        if matches!(self.answer(), Answer::Placed(_)) { Vec::new() } else { greedy::left_over(self) }
    }

    /// The part of it that a group competes in: what shares nodes with it, and what shares nodes with that.
    fn around(&self, ask: usize) -> Self {
        let mut of_nodes: Vec<Vec<usize>> = vec![Vec::new(); self.left.len()];
        for (at, ask) in self.asks.iter().enumerate() {
            ask.nodes.iter().for_each(|node| of_nodes[*node].push(at));
        }
        let (mut inside, mut seen) = (vec![false; self.asks.len()], vec![false; self.left.len()]);
        let mut queue = vec![ask];
        inside[ask] = true;
        while let Some(at) = queue.pop() {
            for node in &self.asks[at].nodes {
                if !std::mem::replace(&mut seen[*node], true) {
                    queue.extend(of_nodes[*node].iter().filter(|at| !std::mem::replace(&mut inside[**at], true)));
                }
            }
        }
        let asks = self.asks.iter().zip(inside).filter(|(_, inside)| *inside).map(|(ask, _)| ask.clone());
        Self { asks: asks.collect(), waiting: Vec::new(), overfull: Vec::new(), ..self.clone() }
    }
}

impl Ask {
    /// Whether there is room for one instance.
    fn fits(&self, left: &[u64]) -> bool {
        self.amounts.iter().zip(left).all(|(amount, left)| amount <= left)
    }
}

/// So many instances of a group are as good as any more.
const MOST: usize = 100_000;

/// What a node has for services: what is told of it without what is reserved.
#[must_use]
pub fn has(node: &Node, kind: &Kind) -> u64 {
    let (capacity, reserved) = (&node.capacity, &node.reserved);
    let bytes = |all: &Option<Spanned<u64>>, reserved: u64| {
        all.as_ref().map_or(UNKNOWN, |all| (all.value / MIB).saturating_sub(reserved.div_ceil(MIB)))
    };
    match kind {
        Kind::Cpu => capacity.cpu.as_ref().map_or(UNKNOWN, |all| all.value.saturating_sub(reserved.cpu)),
        Kind::Memory => bytes(&capacity.memory, reserved.memory),
        Kind::Disk => bytes(&capacity.disk, reserved.disk),
        Kind::Device(name) => {
            let same = node.devices.iter().filter(|device| type_of(&device.name) == name);
            same.map(|device| device.count).fold(0, u64::saturating_add)
        }
    }
}

const MIB: u64 = 1 << 20;

/// What one instance of a group takes. Memory that a task may grow to isn't counted, as Nomad doesn't (nomad/structs, `AllocsFit`).
#[must_use]
pub fn asks(group: &Group, kind: &Kind) -> u64 {
    match kind {
        Kind::Cpu => group.resources.cpu,
        Kind::Memory => group.resources.memory.div_ceil(MIB),
        Kind::Disk => group.resources.disk.div_ceil(MIB),
        Kind::Device(name) => {
            let devices = group.tasks.iter().flat_map(|task| &task.devices);
            devices.filter(|device| type_of(&device.name) == name).map(|device| device.count).sum()
        }
    }
}

/// The type in the name of a device: `gpu` of `nvidia/gpu`.
fn type_of(name: &str) -> &str {
    name.split('/').nth(1).unwrap_or(name)
}

/// Whether no two instances of a group may lie on one node.
#[must_use]
pub fn apart(group: &Group) -> bool {
    group.constraints.iter().any(|it| it.operator == "distinct_hosts" && it.value != "false")
}

/// The fixed ports of a group, with the number of the network that each is on: all of the lab's are one address of the node, as
/// is the one that is taken where nothing is said.
fn ports<'l>(lab: &'l Lab, group: &'l Group, networks: &mut Vec<&'l str>) -> Vec<(usize, u16)> {
    let mut number = |name: &'l str| match networks.iter().position(|known| *known == name) {
        _ if name == "lan" || name == "default" || lab.networks.iter().any(|it| it.name.value == name) => 0,
        Some(at) => at + 1,
        None => {
            networks.push(name);
            networks.len()
        }
    };
    let fixed = group.ports.iter().filter(|port| !port.shared);
    fixed
        .filter_map(|port| {
            Some((number(port.network.as_ref().map_or("lan", |it| it.as_str())), port.fixed.as_ref()?.value))
        })
        .collect()
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("CPU"),
            Self::Memory => f.write_str("memory"),
            Self::Disk => f.write_str("disk"),
            Self::Device(name) => write!(f, "`{name}`"),
        }
    }
}

impl Kind {
    /// An amount of it in words: `500 MHz`, `1.5 GiB`, `2 of gpu`.
    #[must_use]
    pub fn amount(&self, amount: u64) -> String {
        match self {
            Self::Cpu => format!("{amount} MHz"),
            Self::Memory | Self::Disk if amount < 1024 => format!("{amount} MiB"),
            Self::Memory | Self::Disk if amount.is_multiple_of(1024) => format!("{} GiB", amount / 1024),
            // Rounded down to a tenth.
            Self::Memory | Self::Disk => format!("{}.{} GiB", amount / 1024, amount % 1024 * 10 / 1024),
            Self::Device(name) => format!("{amount} of `{name}`"),
        }
    }
}
