//! A placement by trying: the groups with the least choice first, the large ones before the small ones.

use super::{Plan, UNKNOWN};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// How often what found no place is put first, and all is tried again.
const TRIES: usize = 12;

/// A place for every instance, or the first group that none was found for.
pub(super) fn place(plan: &Plan) -> Result<Vec<(usize, usize)>, usize> {
    let mut order = order(plan);
    let mut first_stuck = None;
    for _ in 0..TRIES {
        let Filled { placed, over } = fill(plan, &order, true);
        let Some((stuck, _)) = over.first() else { return Ok(placed) };
        first_stuck.get_or_insert(*stuck);
        order.retain(|at| at != stuck);
        order.insert(0, *stuck);
    }
    Err(first_stuck.unwrap_or_default())
}

/// What finds no place where each group is tried once: groups, with how many of their instances.
pub(super) fn left_over(plan: &Plan) -> Vec<(usize, usize)> {
    let over = fill(plan, &order(plan), false).over;
    over.into_iter().map(|(at, missing)| (plan.asks[at].group, missing)).collect()
}

/// What a try came to.
struct Filled {
    /// Group and node of each instance.
    placed: Vec<(usize, usize)>,
    /// Index into the asks and number of instances that found no place.
    over: Vec<(usize, usize)>,
}

fn order(plan: &Plan) -> Vec<usize> {
    let mut total = vec![1_u64; plan.kinds.len()];
    for node in &plan.left {
        for (total, left) in total.iter_mut().zip(node) {
            *total = total.saturating_add(if *left == UNKNOWN { 0 } else { *left });
        }
    }
    // In millionths of all that there is, the kind that it takes most of.
    let share = |amount: u64, total: u64| amount.saturating_mul(1_000_000) / total;
    let size = |at: usize| plan.asks[at].amounts.iter().zip(&total).map(|(amount, total)| share(*amount, *total)).max();
    let mut order: Vec<usize> = (0..plan.asks.len()).collect();
    order.sort_by_cached_key(|at| (plan.asks[*at].nodes.len(), Reverse(size(*at)), *at));
    order
}

/// Puts each instance on the first node that takes it. Stops at the first that none takes where everything has to be placed.
fn fill(plan: &Plan, order: &[usize], all: bool) -> Filled {
    let mut left = plan.left.clone();
    let mut taken: BTreeSet<(usize, usize, u16)> = BTreeSet::new();
    let mut filled = Filled { placed: Vec::new(), over: Vec::new() };
    for at in order {
        let ask = &plan.asks[*at];
        let mut missing = ask.count;
        for node in &ask.nodes {
            while missing > 0 {
                let fits = ask.fits(&left[*node]);
                let free = !ask.ports.iter().any(|(network, port)| taken.contains(&(*node, *network, *port)));
                if !fits || !free {
                    break;
                }
                for (left, amount) in left[*node].iter_mut().zip(&ask.amounts).filter(|(left, _)| **left != UNKNOWN) {
                    *left -= amount;
                }
                taken.extend(ask.ports.iter().map(|(network, port)| (*node, *network, *port)));
                filled.placed.push((ask.group, *node));
                missing -= 1;
                if ask.apart {
                    break;
                }
            }
        }
        if missing > 0 {
            filled.over.push((*at, missing));
            if all {
                break;
            }
        }
    }
    filled
}
