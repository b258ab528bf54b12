//! Who listens on a node's address before any service does: sshd, the agents, the daemons that the node runs, and what its owner
//! keeps from services. The agent's list of reserved ports and the check of claims are made of this.

use crate::model::{Discovery, Lab, Node};
use crate::nomad::form::ValueKind;
use crate::source::Span;

/// Ports that are taken on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The first one.
    pub from: u16,
    /// The last one.
    pub until: u16,
    /// Whose they are: `dnsmasq`, `the Nomad agent`.
    pub who: &'static str,
    /// Where that is written.
    pub span: Span,
    /// The owner keeps them from services; they hold for every network of the node.
    pub reserved: bool,
}

/// Ports of Nomad's agents: HTTP, calls, gossip. Those of servers count on every node, so that a client can be made a server
/// later without moving services.
const NOMAD: (u16, u16) = (4646, 4648);

/// Those of Consul's: calls, gossip, HTTP, HTTPS, gRPC, DNS.
const CONSUL: [(u16, u16); 4] = [(8300, 8300), (8301, 8302), (8500, 8503), (8600, 8600)];

/// Everything that is taken on a node. Nomad reserves numbers, whether for TCP or UDP.
#[must_use]
pub fn listeners(lab: &Lab, node: &Node) -> Vec<Listener> {
    let agent = |(from, until): (u16, u16), who| Listener { from, until, who, span: node.name.span, reserved: false };
    let nomad = ("the Nomad agent", &node.nomad, &[NOMAD][..]);
    let consul = ("the Consul agent", &node.consul, &CONSUL[..]);
    let agents = if lab.discovery == Discovery::Consul { &[nomad, consul][..] } else { &[nomad] };
    // As many as there are on most nodes.
    let mut taken = Vec::with_capacity(8);
    taken.push(agent((node.ssh_port(), node.ssh_port()), "sshd"));
    for (who, _, usual) in agents {
        taken.extend(usual.iter().map(|ports| agent(*ports, *who)));
    }
    // Those that the node gives them in place of the usual ones.
    for (who, own, usual) in agents {
        for port in own.block("ports").iter().flat_map(|ports| &ports.body.attributes) {
            let ValueKind::Int(number) = port.value.kind else { continue };
            let number = u16::try_from(number).ok().filter(|number| *number > 0);
            let is_usual = |number: &u16| usual.iter().any(|(from, until)| (from..=until).contains(&number));
            if let Some(number) = number.filter(|number| !is_usual(number)) {
                taken.push(Listener { span: port.value.span, ..agent((number, number), *who) });
            }
        }
    }
    for daemon in &node.daemons {
        let mut ports: Vec<u16> = daemon.ports().into_iter().map(|(port, _)| port).collect();
        ports.dedup();
        let listener =
            |port| Listener { from: port, until: port, who: daemon.name(), span: daemon.span(), reserved: false };
        taken.extend(ports.into_iter().map(listener));
    }
    let reserved = node.reserved.ports.iter().flat_map(|list| list.split(',').map(move |part| (part, list.span)));
    taken.extend(reserved.filter_map(|(part, span)| {
        let (from, until) = range(part)?;
        Some(Listener { from, until, who: "the `reserved` list", span, reserved: true })
    }));
    taken
}

/// The first and last port that Nomad picks from on a node.
#[must_use]
pub fn dynamic_range(node: &Node) -> (u16, u16) {
    let client = node.nomad.block("client");
    let own = |name: &str| client.and_then(|client| u16::try_from(client.body.int(name)?.value).ok());
    (own("min_dynamic_port").unwrap_or(20_000), own("max_dynamic_port").unwrap_or(32_000))
}

/// `80` or `8500-8600`.
fn range(text: &str) -> Option<(u16, u16)> {
    let (from, until) = text.split_once('-').unwrap_or((text, text));
    Some((from.trim().parse().ok()?, until.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read() {
        assert_eq!(range("8500-8600"), Some((8500, 8600)));
        assert_eq!(range(" 22"), Some((22, 22)));
        assert_eq!(range("http"), None);
    }
}
