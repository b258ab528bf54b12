//! Demand that competes for nodes: whether all of it can be met, and who is in whose way where it can't (Hall's theorem).

use std::collections::{BTreeMap, VecDeque};

/// Classes of demand, each with the nodes that take it, whose sum is more than those nodes have room for.
///
/// The most that can flow from classes to nodes is found by augmenting along shortest paths. Where a class keeps some of
/// its demand, what is reached from it by paths that aren't full is a violator.
#[must_use]
pub fn violator(classes: &[(&[usize], u64)], room: &[u64]) -> Option<Vec<usize>> {
    let mut free = room.to_vec();
    // What flows into each node, by class.
    let mut flow: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); room.len()];
    for (start, open) in fill(classes, &mut free, &mut flow) {
        let mut open = open;
        while open > 0 {
            let mut came: Vec<Option<usize>> = vec![None; room.len()];
            let mut from: Vec<Option<usize>> = vec![None; classes.len()];
            let mut reached = vec![false; classes.len()];
            reached[start] = true;
            let mut queue = VecDeque::from([start]);
            let mut end = None;
            'search: while let Some(class) = queue.pop_front() {
                for node in classes[class].0 {
                    if came[*node].is_some() {
                        continue;
                    }
                    came[*node] = Some(class);
                    if free[*node] > 0 {
                        end = Some(*node);
                        break 'search;
                    }
                    for other in flow[*node].keys() {
                        if !std::mem::replace(&mut reached[*other], true) {
                            from[*other] = Some(*node);
                            queue.push_back(*other);
                        }
                    }
                }
            }
            let Some(end) = end else {
                return Some((0..classes.len()).filter(|class| reached[*class]).collect());
            };
            open -= augment(end, open, &came, &from, &mut free, &mut flow);
        }
    }
    None
}

/// Gives each class what is free on its nodes, those with the least choice first; says what remains of each.
fn fill(classes: &[(&[usize], u64)], free: &mut [u64], flow: &mut [BTreeMap<usize, u64>]) -> Vec<(usize, u64)> {
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|class| classes[*class].0.len());
    let mut open = Vec::new();
    for class in order {
        let (nodes, mut demand) = classes[class];
        for node in nodes {
            let amount = demand.min(free[*node]);
            if amount > 0 {
                free[*node] -= amount;
                flow[*node].insert(class, amount);
                demand -= amount;
            }
            if demand == 0 {
                break;
            }
        }
        if demand > 0 {
            open.push((class, demand));
        }
    }
    open
}

/// Sends as much as possible along the path that ends at a node; says how much.
fn augment(
    end: usize,
    most: u64,
    came: &[Option<usize>],
    from: &[Option<usize>],
    free: &mut [u64],
    flow: &mut [BTreeMap<usize, u64>],
) -> u64 {
    // From the end back: node, and the class that sends into it.
    let mut path = Vec::new();
    let mut at = Some(end);
    while let Some(node) = at {
        let Some(class) = came[node] else { break };
        path.push((node, class));
        at = from[class];
    }
    let mut amount = most.min(free[end]);
    // A class in the middle takes back what it sent into the node before it on the path.
    for pair in path.windows(2) {
        let ((_, class), (node, _)) = (pair[0], pair[1]);
        amount = amount.min(flow[node].get(&class).copied().unwrap_or_default());
    }
    free[end] -= amount;
    for (node, class) in &path {
        *flow[*node].entry(*class).or_default() += amount;
    }
    for pair in path.windows(2) {
        let ((_, class), (node, _)) = (pair[0], pair[1]);
        if let Some(sent) = flow[node].get_mut(&class) {
            *sent -= amount;
            if *sent == 0 {
                flow[node].remove(&class);
            }
        }
    }
    amount
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_flows_is_no_violation() {
        assert_eq!(violator(&[(&[0, 1], 10), (&[0], 5)], &[5, 10]), None);
        assert_eq!(violator(&[(&[0], 5), (&[0, 1], 10), (&[1, 2], 9)], &[5, 10, 9]), None);
    }

    #[test]
    fn a_violation_names_who_competes_and_nobody_else() {
        assert_eq!(violator(&[(&[0, 1], 10), (&[0], 6), (&[2], 1)], &[6, 9, 1]), Some(vec![0, 1]));
        assert_eq!(violator(&[(&[0], 6), (&[1], 6), (&[0, 1], 1)], &[6, 6]), Some(vec![0, 1, 2]));
        assert_eq!(violator(&[(&[1], 6), (&[0], 7), (&[0, 1], 1)], &[6, 6]), Some(vec![1]));
    }
}
