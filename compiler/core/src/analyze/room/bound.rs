//! Proofs by numbers: a group that fits nowhere, and groups that in sum ask for more than the nodes have that they can run on.

use super::{Ask, Plan, Proof, UNKNOWN};
use crate::analyze::violator;
use std::collections::BTreeMap;

/// A group that fits on none of its nodes, were they empty but for system jobs.
pub(super) fn alone(plan: &Plan) -> Option<Proof> {
    let fits = |ask: &Ask| ask.nodes.iter().any(|node| ask.fits(&plan.left[*node]));
    let stuck = plan.asks.iter().find(|ask| ask.count > 0 && !fits(ask))?;
    let short = |kind: &usize| stuck.nodes.iter().all(|node| stuck.amounts[*kind] > plan.left[*node][*kind]);
    let kind = (0..plan.kinds.len()).find(short);
    Some(Proof { groups: vec![stuck.group], nodes: stuck.nodes.clone(), kind })
}

/// Groups that ask for more of one kind than there is on all of their nodes together. There are such groups exactly where
/// what is asked for can't flow to the nodes, even cut in pieces; the cut names them.
pub(super) fn sums(plan: &Plan) -> Option<Proof> {
    (0..plan.kinds.len()).find_map(|kind| {
        let mut classes: BTreeMap<&[usize], (u64, Vec<usize>)> = BTreeMap::new();
        for ask in plan.asks.iter().filter(|ask| ask.amounts[kind] > 0) {
            if ask.nodes.iter().all(|node| plan.left[*node][kind] != UNKNOWN) {
                let class = classes.entry(&ask.nodes).or_default();
                class.0 = class.0.saturating_add(ask.amounts[kind].saturating_mul(ask.count as u64));
                class.1.push(ask.group);
            }
        }
        let classes: Vec<(&[usize], u64, Vec<usize>)> =
            classes.into_iter().map(|(nodes, (sum, groups))| (nodes, sum, groups)).collect();
        let room: Vec<u64> = plan.left.iter().map(|left| left[kind]).collect();
        let inside = violator(&classes.iter().map(|(nodes, sum, _)| (*nodes, *sum)).collect::<Vec<_>>(), &room)?;
        let mut groups: Vec<usize> = inside.iter().flat_map(|at| classes[*at].2.iter().copied()).collect();
        let mut nodes: Vec<usize> = inside.iter().flat_map(|at| classes[*at].0.iter().copied()).collect();
        for list in [&mut groups, &mut nodes] {
            list.sort_unstable();
            list.dedup();
        }
        Some(Proof { groups, nodes, kind: Some(kind) })
    })
}
