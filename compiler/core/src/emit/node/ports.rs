//! The ports that a node's agents and daemons take for themselves.

use crate::model::{Discovery, Lab, Node};
use std::fmt::Write as _;

/// Nomad's HTTP API.
pub(super) const NOMAD_HTTP: u16 = 4646;
/// Nomad's calls from clients to servers and among servers.
pub(super) const NOMAD_RPC: u16 = 4647;
/// Nomad's gossip among servers.
pub(super) const NOMAD_SERF: u16 = 4648;
/// Consul's calls from clients to servers and among servers.
pub(super) const CONSUL_RPC: u16 = 8300;
/// Consul's gossip among all agents.
pub(super) const CONSUL_SERF: u16 = 8301;
/// Consul's DNS.
pub(super) const CONSUL_DNS: u16 = 8600;

/// Port of sshd.
pub(super) fn ssh(node: &Node) -> u16 {
    node.ssh.port.unwrap_or(22)
}

/// The ports that no service of the node may take, in Nomad's syntax: `22,53,4646-4648`.
///
/// Those of both roles count on every node, so that a client can be made a server later without moving services.
pub(super) fn reserved(lab: &Lab, node: &Node) -> String {
    let mut taken =
        vec![(ssh(node), ssh(node)), (NOMAD_HTTP, NOMAD_HTTP), (NOMAD_RPC, NOMAD_RPC), (NOMAD_SERF, NOMAD_SERF)];
    if lab.discovery == Discovery::Consul {
        taken.extend([(CONSUL_RPC, CONSUL_RPC), (CONSUL_SERF, 8302), (8500, 8503), (CONSUL_DNS, CONSUL_DNS)]);
    }
    taken.extend(node.daemons.iter().flat_map(|daemon| daemon.ports()).map(|(port, _)| (port, port)));
    taken.extend(node.reserved.ports.iter().flat_map(|ports| ports.split(',')).filter_map(range));
    text(&united(taken))
}

/// `80` or `8500-8600`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (from, until) = text.split_once('-').unwrap_or((text, text));
    Some((from.trim().parse().ok()?, until.trim().parse().ok()?))
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
        assert_eq!(range("8500-8600"), Some((8500, 8600)));
        assert_eq!(range("http"), None);
    }
}
