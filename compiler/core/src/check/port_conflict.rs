//! `port-conflict`: more claims of a port than nodes that could take them.

use crate::analyze::{Analysis, GroupFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Port, Protocol};
use crate::source::Span;
use std::collections::BTreeMap;

code!(Error, "port-conflict", "port_conflict.md", "a port is claimed more often than there are nodes for it");

/// Ports that agents listen on, with whose they are (the programs' documentation, "Ports used").
const AGENTS: [(u16, &str, bool); 9] = [
    (22, "sshd", false),
    (4646, "the Nomad agent", false),
    (4647, "the Nomad agent", false),
    (4648, "the Nomad agent", false),
    (8300, "the Consul agent", true),
    (8301, "the Consul agent", true),
    (8500, "the Consul agent", true),
    (8502, "the Consul agent", true),
    (8600, "the Consul agent", true),
];

/// One group that wants a port.
struct Claim<'a, 'l> {
    facts: &'a GroupFacts<'l>,
    port: &'l Port,
    fixed: Span,
    /// How many nodes it takes; all that it can run on for a system job.
    instances: usize,
}

/// Who listens on a port of a node before any service does.
struct Listener {
    node: usize,
    who: String,
    span: Span,
}

/// Reports, for each fixed port, the claims that can't all be met.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut claims: BTreeMap<u16, Vec<Claim<'_, '_>>> = BTreeMap::new();
    for facts in &analysis.groups {
        for port in &facts.group.ports {
            let Some(fixed) = &port.fixed else { continue };
            let system = matches!(facts.service.kind.as_str(), "system" | "sysbatch");
            let eligible = facts.eligible().count();
            let count = usize::try_from(facts.group.count.value).unwrap_or(usize::MAX);
            let instances = if system { eligible } else { count };
            if eligible > 0 && instances > 0 {
                claims.entry(fixed.value).or_default().push(Claim { facts, port, fixed: fixed.span, instances });
            }
        }
    }
    for (number, claims) in claims {
        if let Some(diagnostic) = conflict(analysis, number, &claims) {
            sink.push(diagnostic);
        }
    }
}

fn listeners(lab: &Lab, number: u16, protocol: Protocol) -> Vec<Listener> {
    let mut listeners = Vec::new();
    let consul = lab.discovery == crate::model::Discovery::Consul;
    for (at, node) in lab.nodes.iter().enumerate() {
        for daemon in &node.daemons {
            let takes = |(port, speaks): &(u16, &str)| *port == number && protocol.names().contains(speaks);
            if daemon.ports().iter().any(takes) {
                listeners.push(Listener { node: at, who: daemon.name().to_owned(), span: daemon.span() });
            }
        }
        if let Some(ports) = node.reserved.ports.as_ref().filter(|_| node.reserved.has(number)) {
            listeners.push(Listener { node: at, who: "the `reserved` list".to_owned(), span: ports.span });
        }
        for (port, who, of_consul) in AGENTS {
            if port == number && (consul || !of_consul) {
                listeners.push(Listener { node: at, who: who.to_owned(), span: node.name.span });
            }
        }
    }
    listeners
}

fn conflict<'l>(analysis: &Analysis<'l>, number: u16, claims: &[Claim<'_, 'l>]) -> Option<Diagnostic> {
    let lab = analysis.lab;
    let protocol = if claims.iter().all(|claim| claim.port.protocol == claims[0].port.protocol) {
        claims[0].port.protocol
    } else {
        Protocol::Both
    };
    let listeners = listeners(lab, number, protocol);
    let free = |at: &usize| !listeners.iter().any(|listener| listener.node == *at);
    let open: Vec<Vec<usize>> = claims.iter().map(|claim| claim.facts.eligible().filter(free).collect()).collect();
    let mut units: Vec<(usize, &[usize])> = Vec::new();
    for ((at, claim), open) in claims.iter().enumerate().zip(&open) {
        // One more than the nodes is enough to see that they don't suffice.
        units.extend(std::iter::repeat_n((at, open.as_slice()), claim.instances.min(lab.nodes.len() + 1)));
    }
    let crowded = crowded(&units, lab.nodes.len())?;
    Some(port_conflict(analysis, number, claims, &crowded, &listeners))
}

/// Matches claims to nodes; the claims that compete with one that found no node, or nothing where all found one (Hall's theorem).
fn crowded(units: &[(usize, &[usize])], nodes: usize) -> Option<Vec<usize>> {
    let mut taken: Vec<Option<usize>> = vec![None; nodes];
    for start in 0..units.len() {
        let mut came: Vec<Option<usize>> = vec![None; nodes];
        let mut queue = vec![start];
        let mut at = 0;
        let mut end = None;
        while let Some(&unit) = queue.get(at) {
            at += 1;
            for &node in units[unit].1.iter().filter(|node| **node < nodes) {
                if came[node].is_none() {
                    came[node] = Some(unit);
                    match taken[node] {
                        Some(other) => queue.push(other),
                        None => end = Some(node),
                    }
                }
            }
            if end.is_some() {
                break;
            }
        }
        let Some(mut node) = end else {
            let mut competing: Vec<usize> = queue.iter().map(|unit| units[*unit].0).collect();
            competing.sort_unstable();
            competing.dedup();
            return Some(competing);
        };
        // Walks back along the path, giving each unit the node behind it.
        while let Some(unit) = came[node] {
            let before = taken.iter().position(|other| *other == Some(unit));
            taken[node] = Some(unit);
            match before {
                Some(before) if unit != start => node = before,
                _ => break,
            }
        }
    }
    None
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

fn port_conflict<'l>(
    analysis: &Analysis<'l>,
    number: u16,
    claims: &[Claim<'_, 'l>],
    crowded: &[usize],
    listeners: &[Listener],
) -> Diagnostic {
    let lab = analysis.lab;
    let claims: Vec<&Claim<'_, 'l>> = crowded.iter().map(|at| &claims[*at]).collect();
    let mut nodes: Vec<usize> = claims.iter().flat_map(|claim| claim.facts.eligible()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let on = super::volume_missing::names(&nodes.iter().filter_map(|at| lab.nodes.get(*at)).collect::<Vec<_>>());
    let services: Vec<String> = claims.iter().map(|claim| format!("`{}`", claim.facts.service.name.value)).collect();
    let there: Vec<&Listener> = listeners.iter().filter(|listener| nodes.contains(&listener.node)).collect();
    let free: Vec<usize> =
        nodes.iter().copied().filter(|at| !there.iter().any(|listener| listener.node == *at)).collect();
    let free = super::volume_missing::names(&free.iter().filter_map(|at| lab.nodes.get(*at)).collect::<Vec<_>>());
    let message = headline(number, claims[0].instances, &services, there.first().map(|it| it.who.as_str()), &on, &free);
    let mut diagnostic = Diagnostic::new(&CODE, message, claims[0].fixed, "claimed here");
    for claim in &claims[1..] {
        diagnostic = diagnostic.also(claim.fixed, "and here");
    }
    for listener in &there {
        let node = &lab.nodes[listener.node].name.value;
        diagnostic = diagnostic.also(listener.span, format!("{} on `{node}` has it", listener.who));
    }
    for (node, obstacle) in analysis.obstacles(claims[0].facts) {
        if let Some(obstacle) = obstacle {
            let (reason, _) = super::no_node_fits::describe(&obstacle, node);
            diagnostic = diagnostic.note(format!(
                "`{}` is left out for `{}`: {reason}",
                node.name.value, claims[0].facts.service.name.value
            ));
        }
    }
    diagnostic.help(match claims.as_slice() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_that_fit_are_no_conflict() {
        assert_eq!(crowded(&[(0, &[0, 1]), (1, &[0])], 2), None);
        assert_eq!(crowded(&[(0, &[0]), (1, &[0, 1]), (2, &[1, 2])], 3), None);
    }

    #[test]
    fn three_claims_on_two_nodes_name_all_three() {
        assert_eq!(crowded(&[(0, &[0, 1]), (1, &[0, 1]), (2, &[0, 1]), (3, &[2])], 3), Some(vec![0, 1, 2]));
    }

    #[test]
    fn a_claim_without_a_node_stands_alone() {
        assert_eq!(crowded(&[(0, &[1]), (1, &[])], 2), Some(vec![1]));
    }
}
