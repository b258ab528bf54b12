//! What is lost, moves or goes on with less when nodes stop.

use super::room::{Plan, apart, down};
use super::{Analysis, GroupFacts};
use crate::model::{HostVolume, Node, Role, Service};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Some nodes are down: what that does.
#[derive(Debug)]
pub struct Outage<'l> {
    /// The nodes.
    pub down: Vec<&'l Node>,
    /// What is left of the servers.
    pub servers: Servers,
    /// Groups that may have run there, in the order of services: those that run nowhere but on other nodes aren't listed.
    pub groups: Vec<Affected<'l>>,
    /// Folders of the nodes that services keep data in.
    pub data: Vec<Data<'l>>,
    /// Daemons that answer no more, with their nodes.
    pub daemons: Vec<(&'l Node, &'static str)>,
    /// Services that go on, and need one that doesn't: those names.
    pub cut_off: Vec<(&'l Service, Vec<&'l str>)>,
}

/// The servers that are left: without a quorum nothing is placed anew, and what runs elsewhere goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Servers {
    /// How many the lab has.
    pub all: usize,
    /// How many are up.
    pub left: usize,
    /// How many it takes.
    pub quorum: usize,
}

/// A group that may have run on a node that is down.
#[derive(Debug)]
pub struct Affected<'l> {
    /// Its service.
    pub service: &'l Service,
    /// Its name.
    pub group: &'l str,
    /// What becomes of it.
    pub fate: Fate<'l>,
}

/// What becomes of a group.
#[derive(Debug)]
pub enum Fate<'l> {
    /// No other node can run it.
    Lost,
    /// Others could, and have no room beside all that runs there.
    NoRoom,
    /// Others could, and nobody places it there before the servers have a quorum again.
    Stays(Vec<&'l Node>),
    /// It runs on one of these, where it didn't already.
    Moves(Vec<&'l Node>),
    /// Fewer instances than it should have.
    Fewer {
        /// How many there can be.
        left: u64,
        /// How many there should be.
        of: u64,
    },
}

/// A folder that is out of reach.
#[derive(Debug)]
pub struct Data<'l> {
    /// The node that has it.
    pub node: &'l Node,
    /// The folder.
    pub volume: &'l HostVolume,
    /// The services that keep something there.
    pub services: Vec<&'l str>,
    /// Other nodes, which are up, with a volume of the same name: with data of their own.
    pub elsewhere: Vec<&'l str>,
}

impl Servers {
    /// Whether they can still decide.
    #[must_use]
    pub const fn decide(self) -> bool {
        self.left >= self.quorum
    }
}

/// What happens when these nodes (indices into [`Lab::nodes`](crate::model::Lab::nodes)) stop.
#[must_use]
pub fn outage<'l>(analysis: &Analysis<'l>, nodes: &[usize]) -> Outage<'l> {
    let lab = analysis.lab;
    let down = down(lab, nodes);
    let servers = servers(analysis, &down);
    let groups = if servers.decide() { placed_anew(analysis, &down) } else { staying(analysis, &down) };
    let stopped: Vec<&'l Node> = (0..lab.nodes.len()).filter(|at| down[*at]).map(|at| &lab.nodes[at]).collect();
    let daemons = stopped.iter().flat_map(|node| node.daemons.iter().map(|daemon| (*node, daemon.name())));
    Outage {
        servers,
        data: data(analysis, &down),
        daemons: daemons.collect(),
        cut_off: cut_off(analysis, &groups),
        down: stopped,
        groups,
    }
}

/// Each node by itself, the worst first.
#[must_use]
pub fn ranked<'l>(analysis: &Analysis<'l>) -> Vec<Outage<'l>> {
    let mut all: Vec<Outage<'l>> =
        (0..analysis.lab.nodes.len()).into_par_iter().map(|node| outage(analysis, &[node])).collect();
    all.sort_by_cached_key(|outage| {
        let weight = (!outage.servers.decide(), outage.gone().count(), outage.data.len(), outage.cut_off.len());
        (
            std::cmp::Reverse((weight, outage.groups.len(), outage.daemons.len())),
            outage.down.first().map(|node| node.name.value.clone()),
        )
    });
    all
}

impl<'l> Outage<'l> {
    /// The groups that run nowhere while the nodes are down.
    pub fn gone(&self) -> impl Iterator<Item = &Affected<'l>> {
        self.groups.iter().filter(|it| matches!(it.fate, Fate::Lost | Fate::NoRoom | Fate::Stays(_)))
    }
}

fn servers(analysis: &Analysis<'_>, down: &[bool]) -> Servers {
    let all = analysis.lab.servers().count();
    let left = analysis.lab.nodes.iter().zip(down).filter(|(node, down)| node.server && !**down).count();
    Servers { all, left, quorum: all / 2 + 1 }
}

/// The groups that may have run on the nodes, with their nodes that are up.
fn touched<'a, 'l>(
    analysis: &'a Analysis<'l>,
    down: &'a [bool],
) -> impl Iterator<Item = (usize, &'a GroupFacts<'l>, Vec<usize>)> {
    let there = move |facts: &GroupFacts<'_>| facts.nodes.iter().any(|node| down[*node]) && facts.group.count.value > 0;
    analysis
        .groups
        .iter()
        .enumerate()
        .filter(move |(_, facts)| there(facts))
        .map(move |(index, facts)| (index, facts, facts.nodes.iter().copied().filter(|node| !down[*node]).collect()))
}

fn everywhere(service: &Service) -> bool {
    matches!(service.kind.as_str(), "system" | "sysbatch")
}

fn affected<'l>(facts: &GroupFacts<'l>, fate: Fate<'l>) -> Affected<'l> {
    Affected { service: facts.service, group: &facts.group.name.value, fate }
}

fn named<'l>(analysis: &Analysis<'l>, nodes: &[usize]) -> Vec<&'l Node> {
    nodes.iter().map(|node| &analysis.lab.nodes[*node]).collect()
}

/// What becomes of each group where the servers place anew what is lost.
fn placed_anew<'l>(analysis: &Analysis<'l>, down: &[bool]) -> Vec<Affected<'l>> {
    let missing: BTreeMap<usize, usize> = Plan::new(analysis, down, |_| true).left_over().into_iter().collect();
    let fate = |(index, facts, left): (usize, &GroupFacts<'l>, Vec<usize>)| {
        let count = facts.group.count.value;
        let fewer = |left: u64, of: u64| Fate::Fewer { left, of };
        let places = left.len() as u64;
        let fate = match missing.get(&index) {
            _ if left.is_empty() => Fate::Lost,
            _ if everywhere(facts.service) => fewer(places, facts.nodes.len() as u64),
            _ if apart(facts.group) && places < count => fewer(places, count),
            Some(missing) if *missing as u64 >= count => Fate::NoRoom,
            Some(missing) => fewer(count - *missing as u64, count),
            None => Fate::Moves(named(analysis, &left)),
        };
        affected(facts, fate)
    };
    touched(analysis, down).map(fate).collect()
}

/// What becomes of each group where nobody places anything.
fn staying<'l>(analysis: &Analysis<'l>, down: &[bool]) -> Vec<Affected<'l>> {
    let fate = |(_, facts, left): (usize, &GroupFacts<'l>, Vec<usize>)| {
        let count = facts.group.count.value;
        let fate = match left.len() {
            0 => Fate::Lost,
            left if everywhere(facts.service) => Fate::Fewer { left: left as u64, of: facts.nodes.len() as u64 },
            // One at most was on each of the nodes.
            left if apart(facts.group) && count > (facts.nodes.len() - left) as u64 => {
                Fate::Fewer { left: count - (facts.nodes.len() - left) as u64, of: count }
            }
            _ => Fate::Stays(named(analysis, &left)),
        };
        affected(facts, fate)
    };
    touched(analysis, down).map(fate).collect()
}

/// The folders of the nodes that something may keep data in.
fn data<'l>(analysis: &Analysis<'l>, down: &[bool]) -> Vec<Data<'l>> {
    let lab = analysis.lab;
    let mut data = Vec::new();
    for (at, node) in lab.nodes.iter().enumerate().filter(|(at, _)| down[*at]) {
        for volume in &node.host_volumes {
            let writes = |facts: &GroupFacts<'_>| {
                let same =
                    |asked: &crate::model::Volume| asked.kind == "host" && asked.source.value == volume.name.value;
                facts.group.volumes.iter().any(same)
            };
            let here = analysis.nodes[at].groups.iter().map(|group| &analysis.groups[*group]);
            let services: BTreeSet<&str> =
                here.filter(|facts| writes(facts)).map(|facts| facts.service.name.as_str()).collect();
            if !services.is_empty() {
                let other = |at: &usize| {
                    !down[*at] && lab.nodes[*at].host_volumes.iter().any(|it| it.name.value == volume.name.value)
                };
                let elsewhere = (0..lab.nodes.len()).filter(other).map(|at| lab.nodes[at].name.as_str()).collect();
                data.push(Data { node, volume, services: services.into_iter().collect(), elsewhere });
            }
        }
    }
    data
}

/// The services that go on and need one of those that don't: by discovery, by their order, or as the proxy of their routes.
fn cut_off<'l>(analysis: &Analysis<'l>, groups: &[Affected<'l>]) -> Vec<(&'l Service, Vec<&'l str>)> {
    let gone = groups.iter().filter(|it| matches!(it.fate, Fate::Lost | Fate::NoRoom | Fate::Stays(_)));
    let gone: BTreeSet<&str> = gone.map(|it| it.service.name.as_str()).collect();
    let proxy = analysis.lab.provider(Role::ReverseProxy).and_then(|proxy| proxy.service.as_deref());
    let mut cut_off = Vec::new();
    for service in analysis.lab.services.iter().filter(|service| !gone.contains(service.name.as_str())) {
        let wanted = service.references.iter().map(|reference| reference.service.as_str());
        let after = service.after.iter().map(|name| name.as_str());
        let through = proxy.filter(|_| !service.routes.is_empty());
        let needs: BTreeSet<&str> = wanted.chain(after).chain(through).filter(|name| gone.contains(name)).collect();
        if !needs.is_empty() {
            cut_off.push((service, needs.into_iter().collect()));
        }
    }
    cut_off
}
