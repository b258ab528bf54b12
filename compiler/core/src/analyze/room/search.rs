//! A proof by trying every way, where there are few enough of them.

use super::{Answer, Ask, Plan, Proof, UNKNOWN};
use std::collections::BTreeSet;

/// So many instances at most are tried in every way.
const INSTANCES: usize = 60;

/// So many steps at most.
const STEPS: u32 = 200_000;

/// What a search came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    Place,
    NoPlace,
    Nothing,
}

/// A placement that was found by trying every way, or the groups that no way of dividing them among their nodes fits, as few as
/// removing them one by one leaves. Ports and distinct hosts are left out of the search, so what doesn't fit for those
/// reasons isn't laid to a lack of room.
pub(super) fn answer(plan: &Plan) -> Answer {
    if plan.asks.iter().map(|ask| ask.count).fold(0, usize::saturating_add) > INSTANCES {
        return Answer::Open;
    }
    let mut asks: Vec<&Ask> = plan.asks.iter().collect();
    asks.sort_by_key(|ask| (ask.nodes.len(), std::cmp::Reverse(ask.amounts.iter().max().copied())));
    match search(plan, &asks) {
        (Found::Place, nodes) => placed(&asks, &nodes),
        (Found::NoPlace, _) => Answer::Impossible(proof(plan, asks)),
        (Found::Nothing, _) => Answer::Open,
    }
}

/// What was found, unless ports or instances that have to be apart are in its way.
fn placed(asks: &[&Ask], nodes: &[usize]) -> Answer {
    let (mut ports, mut apart) = (BTreeSet::new(), BTreeSet::new());
    let instances = asks.iter().flat_map(|ask| std::iter::repeat_n(*ask, ask.count)).zip(nodes);
    let mut found = Vec::new();
    for (ask, node) in instances {
        let free = ask.ports.iter().all(|port| ports.insert((*node, *port)));
        if !free || ask.apart && !apart.insert((*node, ask.group)) {
            return Answer::Open;
        }
        found.push((ask.group, *node));
    }
    Answer::Placed(found)
}

fn proof(plan: &Plan, mut asks: Vec<&Ask>) -> Proof {
    for at in (0..asks.len()).rev() {
        let mut fewer = asks.clone();
        fewer.remove(at);
        if search(plan, &fewer).0 == Found::NoPlace {
            asks = fewer;
        }
    }
    let mut groups: Vec<usize> = asks.iter().map(|ask| ask.group).collect();
    let mut nodes: Vec<usize> = asks.iter().flat_map(|ask| ask.nodes.iter().copied()).collect();
    for list in [&mut groups, &mut nodes] {
        list.sort_unstable();
        list.dedup();
    }
    Proof { groups, nodes, kind: None }
}

/// What trying every way comes to, with the node of each instance.
fn search(plan: &Plan, asks: &[&Ask]) -> (Found, Vec<usize>) {
    let instances: Vec<&Ask> = asks.iter().flat_map(|ask| std::iter::repeat_n(*ask, ask.count)).collect();
    let mut left = plan.left.clone();
    let (mut steps, mut nodes) = (STEPS, Vec::new());
    (walk(&instances, 0, &mut left, &mut steps, &mut nodes), nodes)
}

/// Places what is left of the instances; one that is like the one before it isn't put on a node before that one's.
fn walk(instances: &[&Ask], least: usize, left: &mut [Vec<u64>], steps: &mut u32, nodes: &mut Vec<usize>) -> Found {
    let Some((ask, rest)) = instances.split_first() else { return Found::Place };
    let like = rest.first().is_some_and(|next| next.amounts == ask.amounts && next.nodes == ask.nodes);
    for (at, node) in ask.nodes.iter().enumerate().skip(least) {
        if *steps == 0 {
            return Found::Nothing;
        }
        *steps -= 1;
        if !ask.fits(&left[*node]) {
            continue;
        }
        let before = left[*node].clone();
        for (left, amount) in left[*node].iter_mut().zip(&ask.amounts).filter(|(left, _)| **left != UNKNOWN) {
            *left -= amount;
        }
        nodes.push(*node);
        let found = walk(rest, if like { at } else { 0 }, left, steps, nodes);
        left[*node].clone_from(&before);
        if found != Found::NoPlace {
            return found;
        }
        nodes.pop();
    }
    Found::NoPlace
}
