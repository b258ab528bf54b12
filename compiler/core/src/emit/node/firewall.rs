//! `ufw.sh` of a node: what is declared is open, and nothing else.

use super::{network, units};
use crate::analyze::{Analysis, NodeFacts};
use crate::emit::quote::{sh, with_data};
use crate::model::{Daemon, Discovery, Lab, Node, Role};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The ports that Nomad picks from for services.
const DYNAMIC: &str = "20000:32000";

/// The interfaces of Docker's and of Nomad's bridge: containers of this very node. Those of other nodes come with the address of
/// their node, so both are trusted alike.
const BRIDGES: &str = "docker0 nomad";

/// Addresses that the scripts of all nodes name: each names them once, and its rules by the words of [`Who`].
pub(super) struct Addresses {
    /// Those of the nodes, in the lab's order.
    nodes: Vec<String>,
    /// The lab's networks, and the nodes that lie in none of them.
    lan: String,
}

/// Who is let in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::emit) enum Who {
    /// The internet, as far as a router lets it through.
    Anyone,
    /// Who has no address yet, and asks for one.
    Newcomers,
    /// The lab's networks.
    Lan,
    /// The other nodes.
    Members,
    /// Containers of this node.
    Containers,
}

/// What is let in from there: ports as ufw writes several, `4646,20000:32000`, and `tcp` or `udp`.
type What = (Who, String, &'static str);

/// What the firewall lets in.
struct Rules {
    /// To the machine itself, each with who asked for it.
    input: Vec<(What, String)>,
    /// Where each of those stands in `input`.
    known: BTreeMap<What, usize>,
    /// To the published ports of containers.
    published: Vec<What>,
}

impl Addresses {
    /// Collects those of a lab.
    pub(super) fn of(lab: &Lab) -> Self {
        let networks = network::trusted(lab);
        let outside = |node: &&Node| !networks.iter().any(|cidr| crate::model::holds(cidr, node.address.value));
        let nodes = lab.nodes.iter().filter(outside).map(|node| node.address.value.to_string());
        let lan: Vec<String> = networks.iter().map(|cidr| (*cidr).to_owned()).chain(nodes).collect();
        Self { nodes: lab.nodes.iter().map(|node| node.address.value.to_string()).collect(), lan: lan.join(" ") }
    }

    /// Those of all nodes but one.
    fn members(&self, lab: &Lab, node: &Node) -> String {
        let at = lab.nodes.iter().take_while(|other| other.name.value != node.name.value).count();
        let (before, after) = self.nodes.split_at(at);
        let others = [before, after.get(1..).unwrap_or_default()];
        others.map(|some| some.join(" ")).join(" ").trim().to_owned()
    }
}

/// The whole script.
pub(super) fn script(analysis: &Analysis<'_>, facts: &NodeFacts<'_>, addresses: &Addresses) -> String {
    let (lab, node) = (analysis.lab, facts.node);
    let mut rules = rules(analysis, facts);
    let bridges = if units::runs_docker(node) { BRIDGES } else { "" };
    if bridges.is_empty() {
        rules.published.clear();
    }
    let mut data = format!(
        "\
# Who is let in: the other nodes, the lab's networks with the nodes outside of them, and containers of this node.
members={}
lan={}
bridges={}

# What of this node they are let in to: who, ports, protocol, and what asked for it.
allowed() {{
    cat <<'END'
",
        sh(&addresses.members(lab, node)),
        sh(&addresses.lan),
        sh(bridges),
    );
    for ((who, ports, protocol), why) in &rules.input {
        let _ = writeln!(data, "{} {ports} {protocol} {why}", who.word());
    }
    data.push_str("END\n}\n\n# What of its containers: who, ports and protocol.\npublished() {\n    cat <<'END'\n");
    for (who, ports, protocol) in &rules.published {
        let _ = writeln!(data, "{} {ports} {protocol}", who.word());
    }
    data.push_str("END\n}");
    with_data(include_str!("ufw.sh.in"), &data)
}

/// What a machine lets in: who, ports, protocol, and what asked for it.
pub(in crate::emit) fn let_in(
    analysis: &Analysis<'_>,
    facts: &NodeFacts<'_>,
) -> impl Iterator<Item = (Who, String, &'static str, String)> {
    let rules = rules(analysis, facts).input.into_iter();
    rules.map(|((who, ports, protocol), why)| (who, ports, protocol, why))
}

fn rules(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> Rules {
    let (lab, node) = (analysis.lab, facts.node);
    let mut rules = Rules { input: Vec::new(), known: BTreeMap::new(), published: Vec::new() };
    // Where the lab declares no network, nobody knows where the person sits who deploys.
    let ssh = if lab.networks.is_empty() { Who::Anyone } else { Who::Lan };
    rules.add(&[ssh], &node.ssh_port().to_string(), "tcp", "ssh");
    members(&mut rules, lab, node);
    for daemon in &node.daemons {
        for (port, protocol) in daemon.ports() {
            let from: &[Who] = match daemon {
                _ if port == 67 => &[Who::Newcomers],
                Daemon::Dnsmasq(_) => inside(node),
                Daemon::Samba(_) => &[Who::Lan],
            };
            rules.add(from, &port.to_string(), protocol, daemon.name());
        }
    }
    services(&mut rules, analysis, facts);
    rules
}

/// Agents talk to each other only, and services find each other at the ports that Nomad picked. The API of Nomad is open to
/// members too, and not to containers: whoever reaches it runs what they like on every machine. Consul's listen on the loopback
/// address and need no rule.
fn members(rules: &mut Rules, lab: &Lab, node: &Node) {
    let others: &[Who] = if lab.nodes.len() > 1 { &[Who::Members] } else { &[] };
    let dynamic = if node.client { DYNAMIC } else { "" };
    let (nomad, nomad_udp) = if node.server { ("4646,4647,4648", "4648") } else { ("4646", "") };
    let (consul, consul_udp) = match lab.discovery {
        Discovery::Consul => (if node.server { "8300,8301" } else { "8301" }, "8301"),
        Discovery::Nomad => ("", ""),
    };
    rules.add(others, &list(&[nomad, consul, dynamic]), "tcp", "members");
    rules.add(others, &list(&[nomad_udp, consul_udp, dynamic]), "udp", "members");
    if node.client {
        let containers: &[Who] = if units::runs_docker(node) { &[Who::Containers] } else { &[] };
        rules.add(containers, dynamic, "tcp", "containers");
        rules.add(containers, dynamic, "udp", "containers");
        rules.publish(others, dynamic, "tcp");
        rules.publish(others, dynamic, "udp");
    }
}

fn list(ports: &[&str]) -> String {
    let ports: Vec<&str> = ports.iter().copied().filter(|ports| !ports.is_empty()).collect();
    ports.join(",")
}

/// The fixed ports of what can run here: open to the lab's networks, and those of the web to everybody where the reverse proxy
/// serves routes to the internet. Its other ports, such as that of its metrics, stay inside.
fn services(rules: &mut Rules, analysis: &Analysis<'_>, facts: &NodeFacts<'_>) {
    let lab = analysis.lab;
    let is_public = || lab.services.iter().flat_map(|service| &service.routes).any(|route| route.public);
    let proxy = lab.provider(Role::ReverseProxy).and_then(|provider| provider.service.as_deref());
    for (group, port) in &facts.ports {
        let Some(number) = &port.fixed else { continue };
        let service = analysis.groups[*group].service.name.as_str();
        let to_all = Some(service) == proxy && [80, 443].contains(&number.value) && is_public();
        let from = if to_all { &[Who::Anyone] } else { inside(facts.node) };
        for protocol in port.protocol.names() {
            rules.add(from, &number.value.to_string(), protocol, service);
            rules.publish(from, &number.value.to_string(), protocol);
        }
    }
}

/// The lab's networks, and containers of the node itself.
fn inside(node: &Node) -> &'static [Who] {
    if units::runs_docker(node) { &[Who::Lan, Who::Containers] } else { &[Who::Lan] }
}

impl Who {
    /// How the script says it.
    const fn word(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Newcomers => "newcomers",
            Self::Lan => "lan",
            Self::Members => "members",
            Self::Containers => "containers",
        }
    }
}

impl Rules {
    /// Lets into the machine. ufw knows a rule by all but its comment, so what several ask for is one rule that names them all.
    fn add(&mut self, from: &[Who], ports: &str, protocol: &'static str, why: &str) {
        for who in from.iter().filter(|_| !ports.is_empty()) {
            let what = (*who, ports.to_owned(), protocol);
            if let Some(at) = self.known.get(&what) {
                let known = &mut self.input[*at].1;
                if !known.split(", ").any(|known| known == why) {
                    known.push_str(", ");
                    known.push_str(why);
                }
                continue;
            }
            self.known.insert(what.clone(), self.input.len());
            self.input.push((what, why.to_owned()));
        }
    }

    /// Lets into containers of the machine. Those beside them on a bridge need no leave.
    fn publish(&mut self, from: &[Who], ports: &str, protocol: &'static str) {
        for who in from.iter().filter(|who| **who != Who::Containers) {
            let what = (*who, ports.to_owned(), protocol);
            if !self.published.contains(&what) {
                self.published.push(what);
            }
        }
    }
}
