//! `no-failover`: instances that are spread over nodes to survive the loss of one, and no room on the others when one is lost.

use super::no_room::no_room;
use crate::analyze::room::{Answer, Plan, apart, down};
use crate::analyze::{Analysis, GroupFacts};
use crate::diagnostic::{Sink, code};
use std::collections::BTreeSet;

code!(Warning, "no-failover", "no_failover.md", "services that are spread over nodes have no room when one is down");

/// So many groups times nodes at most are looked at; a lab beyond that isn't checked for this.
const MOST: usize = 4_000_000;

/// Reports, once for each competition, what has no place when a node is down: among what is spread over nodes and what runs on
/// other nodes in any case.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let spread: BTreeSet<usize> = (0..analysis.groups.len()).filter(|at| is_spread(&analysis.groups[*at])).collect();
    let nodes: BTreeSet<usize> = spread.iter().flat_map(|at| analysis.groups[*at].eligible()).collect();
    if nodes.is_empty() || nodes.len().saturating_mul(analysis.groups.len()) > MOST {
        return;
    }
    // What doesn't fit with all nodes is told as that.
    if let Answer::Impossible(_) = Plan::new(analysis, &down(analysis.lab, &[]), |_| true).answer() {
        return;
    }
    let mut told: BTreeSet<Vec<usize>> = BTreeSet::new();
    for node in nodes {
        let stays = |group: usize| analysis.groups[group].nodes.binary_search(&node).is_err();
        let plan = Plan::new(analysis, &down(analysis.lab, &[node]), |group| spread.contains(&group) || stays(group));
        let Answer::Impossible(proof) = plan.answer() else { continue };
        if proof.groups.iter().any(|group| spread.contains(group)) && told.insert(proof.groups.clone()) {
            let when = format!("without `{}`, ", analysis.lab.nodes[node].name.value);
            sink.push(no_room(&CODE, &when, analysis, &plan, &proof));
        }
    }
}

/// Whether several instances of a service are told to lie on different nodes.
fn is_spread(facts: &GroupFacts<'_>) -> bool {
    if facts.service.kind != "service" || facts.group.count.value < 2 {
        return false;
    }
    let job = &facts.service.job.body;
    let group =
        job.blocks("group").find(|group| group.label().is_some_and(|name| name.value == facts.group.name.value));
    let spreads = job.blocks("spread").chain(group.into_iter().flat_map(|group| group.body.blocks("spread")));
    let over_nodes =
        |attribute: &str| matches!(attribute, "${node.unique.name}" | "${node.unique.id}" | "${attr.unique.hostname}");
    let is_over =
        spreads.filter_map(|spread| spread.body.str("attribute")).any(|attribute| over_nodes(attribute.value));
    is_over || apart(facts.group)
}
