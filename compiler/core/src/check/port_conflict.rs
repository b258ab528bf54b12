//! `port-conflict`: more claims of a port than nodes that could take them, or than networks of groups.

use super::brought_in;
use crate::analyze::listen::{Listener, listeners};
use crate::analyze::{Analysis, GroupFacts, ServiceFacts, program, violator};
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Lab, Node, Port, Protocol};
use crate::nomad::form::{Block, Body};
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

code!(Error, "port-conflict", "port_conflict.md", "a port is claimed more often than it can be had");

/// One group that wants a port.
struct Claim<'a, 'l> {
    facts: &'a GroupFacts<'l>,
    port: &'l Port,
    fixed: Span,
    /// How many nodes it takes; all that it can run on for a system job.
    instances: usize,
    /// It runs once or at times: it can wait for another such, and not for what is always there.
    waits: bool,
}

impl<'l> Claim<'_, 'l> {
    /// The network that it is on, as far as it isn't the lab's: what is on the lab's, and what says nothing, is on the node's one address.
    fn network(&self, lab: &Lab) -> Option<&'l str> {
        let name = self.port.network.as_ref()?.as_str();
        let same = name == "lan" || name == "default" || lab.networks.iter().any(|it| it.name.value == name);
        (!same).then_some(name)
    }
}

/// Who listens on a port of a node before any service does.
struct Taken<'t> {
    node: usize,
    listener: &'t Listener,
}

/// What is taken on all nodes, by port.
struct Listeners {
    all: Vec<(usize, Listener)>,
    /// Indices into `all` of short ranges, by each of their ports; in the order of nodes.
    short: BTreeMap<u16, Vec<usize>>,
    /// The others.
    long: Vec<usize>,
}

/// So many ports at most are a short range.
const SHORT: u16 = 16;

impl Listeners {
    fn of(lab: &Lab) -> Self {
        let nodes = lab.nodes.iter().enumerate();
        let all = nodes.flat_map(|(at, node)| listeners(lab, node).into_iter().map(move |listener| (at, listener)));
        let mut listeners = Self { all: all.collect(), short: BTreeMap::new(), long: Vec::new() };
        for (index, (_, listener)) in listeners.all.iter().enumerate() {
            if listener.until.saturating_sub(listener.from) < SHORT {
                (listener.from..=listener.until).for_each(|port| listeners.short.entry(port).or_default().push(index));
            } else {
                listeners.long.push(index);
            }
        }
        listeners
    }

    /// Who has a port, by node. Another network than the lab's is another address: there only what the owner reserves is taken.
    fn of_port(&self, number: u16, network: Option<&str>) -> Vec<Taken<'_>> {
        let short = self.short.get(&number).into_iter().flatten().copied();
        let has = |at: &usize| (self.all[*at].1.from..=self.all[*at].1.until).contains(&number);
        let mut found: Vec<usize> = short.chain(self.long.iter().copied().filter(has)).collect();
        found.sort_unstable();
        let taken = found.into_iter().map(|at| Taken { node: self.all[at].0, listener: &self.all[at].1 });
        taken.filter(|taken| network.is_none() || taken.listener.reserved).collect()
    }
}

/// Reports, for each fixed port, the claims that can't all be met.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    analysis.lab.nodes.iter().for_each(|node| agents(analysis.lab, node, sink));
    let mut claims: BTreeMap<(Option<&str>, u16), Vec<Claim<'_, '_>>> = BTreeMap::new();
    for facts in &analysis.groups {
        for port in facts.group.ports.iter().filter(|port| !port.shared) {
            let Some(fixed) = &port.fixed else { continue };
            let kind = facts.service.kind.as_str();
            let eligible = facts.nodes.len();
            let count = usize::try_from(facts.group.count.value).unwrap_or(usize::MAX);
            let instances = if matches!(kind, "system" | "sysbatch") { eligible } else { count };
            if eligible > 0 && instances > 0 {
                let waits = matches!(kind, "batch" | "sysbatch");
                let claim = Claim { facts, port, fixed: fixed.span, instances, waits };
                claims.entry((claim.network(analysis.lab), fixed.value)).or_default().push(claim);
            }
        }
    }
    if claims.is_empty() {
        return;
    }
    let there = Listeners::of(analysis.lab);
    for ((network, number), claims) in claims {
        let (waiting, always): (Vec<_>, Vec<_>) = claims.into_iter().partition(|claim| claim.waits);
        let taken = there.of_port(number, network);
        let mut always: Vec<&Claim<'_, '_>> = always.iter().collect();
        while let Some(crowded) = crowded(&always, &taken) {
            let competing: Vec<&Claim<'_, '_>> = crowded.iter().map(|at| always[*at]).collect();
            sink.push(port_conflict(analysis, number, &competing, &taken));
            // The others may be in each other's way as well.
            let mut at = 0;
            always.retain(|_| {
                at += 1;
                !crowded.contains(&(at - 1))
            });
        }
        for claim in &waiting {
            always.push(claim);
            if let Some(crowded) = crowded(&always, &taken) {
                let competing: Vec<&Claim<'_, '_>> = crowded.iter().map(|at| always[*at]).collect();
                sink.push(port_conflict(analysis, number, &competing, &taken));
            }
            always.pop();
        }
    }
}

/// A port that a node gives an agent, and that something else of the node has.
fn agents(lab: &Lab, node: &Node, sink: &mut Sink) {
    if node.nomad.block("ports").or(node.consul.block("ports")).is_none() {
        return;
    }
    let all = listeners(lab, node);
    for told in all.iter().filter(|it| it.who.ends_with(" agent") && it.span != node.name.span) {
        let there = |it: &&Listener| it.who != told.who && !it.reserved && (it.from..=it.until).contains(&told.from);
        let Some(other) = all.iter().find(there) else { continue };
        let (port, name) = (told.from, &node.name.value);
        let message = format!("{} of `{name}` is given port {port}, which {} has there", told.who, other.who);
        let diagnostic = Diagnostic::new(&CODE, message, told.span, "taken");
        let label = format!("{} on `{name}` has it", other.who);
        sink.push(diagnostic.also(other.span, label).help("give it another port, or leave it out for the usual one"));
    }
}

/// The claims that can't all be met, each at most once on a node; nothing where they can.
fn crowded(claims: &[&Claim<'_, '_>], taken: &[Taken<'_>]) -> Option<Vec<usize>> {
    let all = claims.iter().map(|claim| claim.instances).fold(0, usize::saturating_add);
    if claims.iter().all(|claim| claim.facts.nodes.len() >= all.saturating_add(taken.len())) {
        // Each has a choice of more nodes than there are claims.
        return None;
    }
    // Numbered anew: only the nodes that are claimed.
    let mut nodes: Vec<usize> = claims.iter().flat_map(|claim| claim.facts.eligible()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes.retain(|node| taken.binary_search_by_key(node, |taken| taken.node).is_err());
    let mut classes: BTreeMap<Vec<usize>, (u64, Vec<usize>)> = BTreeMap::new();
    for (at, claim) in claims.iter().enumerate() {
        let open: Vec<usize> = claim.facts.eligible().filter_map(|node| nodes.binary_search(&node).ok()).collect();
        // More instances than nodes are no matter of others.
        if claim.instances > open.len() {
            let same = |other: &usize| open.is_empty() && claims[*other].facts.nodes == claim.facts.nodes;
            return Some((0..claims.len()).filter(|other| *other == at || same(other)).collect());
        }
        let class = classes.entry(open).or_default();
        class.0 += claim.instances as u64;
        class.1.push(at);
    }
    let classes: Vec<_> = classes.into_iter().collect();
    let demands: Vec<(&[usize], u64)> = classes.iter().map(|(open, (count, _))| (open.as_slice(), *count)).collect();
    let inside = violator(&demands, &vec![1; nodes.len()])?;
    let mut crowded: Vec<usize> = inside.into_iter().flat_map(|class| classes[class].1.1.iter().copied()).collect();
    crowded.sort_unstable();
    Some(crowded)
}

/// What is wrong, in one sentence: `who` listens on the port of a node already, `on` and `free` are names of nodes.
fn headline(number: u16, instances: usize, services: &[String], who: Option<&str>, on: &str, free: &str) -> String {
    match (services, who) {
        ([one], None) => {
            format!("{one} claims port {number} {instances} times, and only {on} can run it")
        }
        ([one], Some(who)) => format!("{one} claims port {number}, which {who} has on {on}"),
        ([one, rest @ ..], _) if rest.iter().all(|other| other == one) => {
            format!("port {number} is claimed more than once by {one}, and only {on} can run it")
        }
        (many, None) => format!("port {number} is claimed by {}, and only {on} can run them", many.join(", ")),
        (many, _) if free.is_empty() => {
            format!("port {number} is claimed by {}, and {on} has it taken already", many.join(", "))
        }
        (many, _) => format!("port {number} is claimed by {}, and free only on {free}", many.join(", ")),
    }
}

fn port_conflict<'l>(analysis: &Analysis<'l>, number: u16, claims: &[&Claim<'_, 'l>], taken: &[Taken]) -> Diagnostic {
    let lab = analysis.lab;
    let mut nodes: Vec<usize> = claims.iter().flat_map(|claim| claim.facts.eligible()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let on = super::volume_missing::names(&nodes.iter().filter_map(|at| lab.nodes.get(*at)).collect::<Vec<_>>());
    let services: Vec<String> = claims.iter().map(|claim| format!("`{}`", claim.facts.service.name.value)).collect();
    let there: Vec<&Taken<'_>> = taken.iter().filter(|listener| nodes.contains(&listener.node)).collect();
    let free: Vec<usize> =
        nodes.iter().copied().filter(|at| !there.iter().any(|listener| listener.node == *at)).collect();
    let free = super::volume_missing::names(&free.iter().filter_map(|at| lab.nodes.get(*at)).collect::<Vec<_>>());
    let message = headline(number, claims[0].instances, &services, there.first().map(|it| it.listener.who), &on, &free);
    let mut diagnostic = Diagnostic::new(&CODE, message, claims[0].fixed, "claimed here");
    for claim in &claims[1..] {
        diagnostic = diagnostic.also(claim.fixed, "and here");
    }
    for taken in &there {
        let node = &lab.nodes[taken.node].name.value;
        diagnostic = diagnostic.also(taken.listener.span, format!("{} on `{node}` has it", taken.listener.who));
    }
    let whom = format!(" for `{}`", claims[0].facts.service.name.value);
    for note in super::no_node_fits::left_out(analysis, claims[0].facts, &whom) {
        diagnostic = diagnostic.note(note);
    }
    diagnostic.help(match claims {
        [claim] if there.is_empty() => {
            format!("lower the `count` of `{}`, or let it run on more nodes", claim.facts.service.name.value)
        }
        claims => {
            let one = if claims.len() == 1 { &*services[0] } else { "one of them" };
            let more = if nodes.len() < lab.nodes.len() { ", or let it run on more nodes" } else { "" };
            format!(
                "give {one} another port than {number}, or leave `static` out where nobody calls it by number{more}"
            )
        }
    })
}

/// Who listens on a port in the network of a group.
struct Within<'l> {
    task: &'l str,
    number: u16,
    protocol: Protocol,
    span: Span,
    /// The manifest says so. What is known of an image doesn't, nor does a job's `ports`: there it may be another task's port.
    told: bool,
}

/// Reports, once for each port, tasks of one group that listen on the same one in the network that they share.
pub fn in_group<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let mode = facts.group.network_mode.as_ref().map_or("", |mode| mode.value.as_str());
        if facts.group.tasks.len() < 2 || !(mode == "bridge" || mode.starts_with("cni/")) {
            continue;
        }
        let within = within(facts);
        let mut reported = Vec::new();
        for (at, one) in within.iter().enumerate() {
            let collides = |other: &&Within<'_>| {
                other.task != one.task && other.number == one.number && other.protocol.collides(one.protocol)
            };
            let Some(first) = within[..at].iter().find(collides).filter(|_| !reported.contains(&one.number)) else {
                continue;
            };
            reported.push(one.number);
            let message = format!(
                "`{}` and `{}` of `{}` both listen on port {} in the network that they share",
                first.task, one.task, of.service.name.value, one.number
            );
            let mut diagnostic = Diagnostic::new(&CODE, message, one.span, "ends, since it is taken")
                .also(first.span, format!("`{}` listens there", first.task));
            if !(first.told && one.told) {
                diagnostic.severity = Severity::Warning;
            }
            if let Some(place) = brought_in(analysis.lab, of.service, one.span) {
                diagnostic = diagnostic.also(place, "brought in here");
            }
            sink.push(
                diagnostic.help("tell one of the two programs to listen on another port, and write that as its `to`"),
            );
        }
    }
}

/// What listens in the network of a group while its main tasks run: what is told first.
fn within<'l>(facts: &GroupFacts<'l>) -> Vec<Within<'l>> {
    let stays = |task: &&Block| {
        let lifecycle = task.body.block("lifecycle");
        lifecycle.is_none_or(|it| it.body.bool("sidecar").is_some_and(|sidecar| sidecar.value))
    };
    let tasks = || facts.block.body.blocks("task").filter(stays);
    let named = |name: &str| tasks().find(|task| task.label().is_some_and(|label| label.value == name));
    let mut within: Vec<Within<'l>> = Vec::new();
    for port in &facts.group.ports {
        let Some(task) = port.task.as_deref().filter(|task| named(task).is_some()) else { continue };
        let Some(number) = port.to.or(port.fixed.as_ref().map(|fixed| fixed.value)) else { continue };
        let blocks = facts.block.body.blocks("network").flat_map(|network| network.body.blocks("port"));
        let block = blocks.filter(|block| block.label().is_some_and(|label| label.span == port.label.span)).last();
        let place = |name: &str| block.and_then(|block| block.body.attribute(name)).map(|it| it.value.span);
        let span = place("to").or(place("static")).unwrap_or(port.label.span);
        let told = !facts.block.body.blocks("task").any(names_ports);
        within.push(Within { task, number, protocol: port.protocol, span, told });
    }
    for task in tasks() {
        let (Some(name), Some(image)) = (task.label(), image(&task.body)) else { continue };
        if within.iter().any(|other| other.task == name.value) {
            continue;
        }
        if let Some(number) = program(image.value).and_then(|known| known.listens.first()) {
            let (task, number) = (name.as_str(), *number);
            within.push(Within { task, number, protocol: Protocol::Tcp, span: image.span, told: false });
        }
    }
    within
}

/// Whether a task says in Nomad's own words which ports are its own, as no task of a service does in such a network.
fn names_ports(task: &Block) -> bool {
    task.body.block("service").is_some()
        || task.body.block("config").is_some_and(|it| it.body.attribute("ports").is_some())
}

/// The image of a container that listens where its image does: nothing tells it anything about that.
fn image(task: &Body) -> Option<Spanned<&str>> {
    let config = &task.block("config").filter(|_| task.str("driver").is_some_and(|it| it.value == "docker"))?.body;
    let own = ["args", "command", "entrypoint", "load", "mount", "mounts", "network_mode", "volumes"];
    let about =
        |name: &str| ["PORT", "ADDR", "LISTEN", "BIND", "HOST", "SOCKET"].iter().any(|word| name.contains(word));
    let mut names = task.blocks("env").flat_map(|env| &env.body.attributes);
    let told = own.iter().any(|word| config.attribute(word).is_some() || config.block(word).is_some())
        || task.block("template").is_some()
        || names.any(|name| about(&name.name.to_ascii_uppercase()));
    config.str("image").filter(|_| !told)
}
