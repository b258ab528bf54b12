//! The ports that a node's agents and daemons take for themselves.

use crate::analyze::listen::listeners;
use crate::model::{Lab, Node};
use std::fmt::Write as _;

/// Consul's DNS.
pub(super) const CONSUL_DNS: u16 = 8600;

/// The ports that no service of the node may take, in Nomad's syntax: `22,53,4646-4648`.
pub(super) fn reserved(lab: &Lab, node: &Node) -> String {
    let taken = listeners(lab, node).into_iter().map(|listener| (listener.from, listener.until));
    text(&united(taken.collect()))
}

fn united(mut ranges: Vec<(u16, u16)>) -> Vec<(u16, u16)> {
    ranges.sort_unstable();
    let mut united: Vec<(u16, u16)> = Vec::new();
    for (from, until) in ranges {
        match united.last_mut() {
            Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(until),
            _ => united.push((from, until)),
        }
    }
    united
}

fn text(ranges: &[(u16, u16)]) -> String {
    let mut text = String::new();
    for (from, until) in ranges {
        let comma = if text.is_empty() { "" } else { "," };
        let _ = match from == until {
            true => write!(text, "{comma}{from}"),
            false => write!(text, "{comma}{from}-{until}"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_become_one() {
        assert_eq!(text(&united(vec![(80, 80), (22, 22), (81, 90), (85, 86), (443, 443)])), "22,80-90,443");
    }
}
