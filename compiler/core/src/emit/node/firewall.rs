//! `ufw.sh` of a node: what is declared is open, and nothing else.

use super::{network, ports, units};
use crate::analyze::{Analysis, NodeFacts};
use crate::model::{Discovery, Lab, Node, Protocol, Role, Service};
use std::fmt::Write as _;

/// The ports that Nomad picks from for services.
const DYNAMIC: &str = "20000:32000";

/// The interfaces of Docker's and of Nomad's bridge: containers of this very node. Those of other nodes come with the address of
/// their node, so both are trusted alike.
const BRIDGES: [&str; 2] = ["docker0", "nomad"];

/// Something that is let in.
struct Rule {
    from: From,
    ports: String,
    /// `tcp`, `udp`
    protocol: &'static str,
    /// A container may be behind it.
    published: bool,
    why: String,
}

#[derive(Clone, PartialEq)]
enum From {
    Anywhere,
    Address(String),
    Bridge(&'static str),
}

/// The whole script.
pub(super) fn script(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> String {
    let rules = rules(analysis, facts);
    let mut lines = String::new();
    for rule in &rules {
        line(&mut lines, rule);
    }
    let block = if units::runs_docker(facts.node) { docker(&rules) } else { String::new() };
    include_str!("ufw.sh.in").replace("@{rules}", lines.trim_end()).replace("@{block}", block.trim_end())
}

/// A rule in exactly the words that `ufw show added` repeats it in: the script compares them.
fn line(text: &mut String, rule: &Rule) {
    let Rule { ports, protocol, why, .. } = rule;
    let _ = match &rule.from {
        From::Anywhere if *ports == "67" => {
            writeln!(text, "ufw allow from any port 68 to any port 67 proto udp comment 'hlmc: {why}'")
        }
        From::Anywhere => writeln!(text, "ufw allow {ports}/{protocol} comment 'hlmc: {why}'"),
        From::Address(from) => {
            writeln!(text, "ufw allow from {from} to any port {ports} proto {protocol} comment 'hlmc: {why}'")
        }
        From::Bridge(bridge) => {
            writeln!(text, "ufw allow in on {bridge} to any port {ports} proto {protocol} comment 'hlmc: {why}'")
        }
    };
}

fn rules(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> Vec<Rule> {
    let (lab, node) = (analysis.lab, facts.node);
    let mut all = Rules(Vec::new());
    let ssh = ports::ssh(node).to_string();
    match lab.networks.is_empty() {
        // Nobody knows where the person sits who deploys.
        true => all.add(From::Anywhere, &ssh, "tcp", "ssh"),
        false => lan(lab).into_iter().for_each(|from| all.add(from, &ssh, "tcp", "ssh")),
    }
    let members: Vec<From> = lab
        .nodes
        .iter()
        .filter(|other| other.name.value != node.name.value)
        .map(|other| From::Address(other.address.value.to_string()))
        .collect();
    agents(&mut all, lab, node, &members);
    if node.client {
        for from in members.iter().cloned().chain(bridges(node)) {
            all.publish(from.clone(), DYNAMIC, "tcp", "services");
            all.publish(from, DYNAMIC, "udp", "services");
        }
    }
    daemons(&mut all, lab, node);
    services(&mut all, analysis, facts);
    all.0
}

/// Agents talk to each other only. The APIs of Nomad are open to members too: whoever reaches them runs what they like on every
/// machine. Consul's listen on the loopback address and need no rule.
fn agents(all: &mut Rules, lab: &Lab, node: &Node, members: &[From]) {
    for from in members {
        match node.server {
            true => {
                all.add(from.clone(), "4646,4647,4648", "tcp", "nomad");
                all.add(from.clone(), "4648", "udp", "nomad");
            }
            false => all.add(from.clone(), "4646", "tcp", "nomad"),
        }
        if lab.discovery == Discovery::Consul {
            all.add(from.clone(), if node.server { "8300,8301" } else { "8301" }, "tcp", "consul");
            all.add(from.clone(), "8301", "udp", "consul");
        }
    }
    // What scrapes the agents runs in a container, perhaps on this node.
    bridges(node).for_each(|from| all.add(from, "4646", "tcp", "nomad"));
}

fn daemons(all: &mut Rules, lab: &Lab, node: &Node) {
    for daemon in &node.daemons {
        for (port, protocol) in daemon.ports() {
            let port = port.to_string();
            match port.as_str() {
                // Who asks for an address has none yet.
                "67" => all.add(From::Anywhere, &port, protocol, daemon.name()),
                "53" => lan(lab)
                    .into_iter()
                    .chain(bridges(node))
                    .for_each(|from| all.add(from, &port, protocol, daemon.name())),
                _ => lan(lab).into_iter().for_each(|from| all.add(from, &port, protocol, daemon.name())),
            }
        }
    }
}

/// The fixed ports of what can run here: open to the lab's networks, and those of the web to everybody where the reverse proxy
/// serves routes to the internet. Its other ports, such as that of its metrics, stay inside.
fn services(all: &mut Rules, analysis: &Analysis<'_>, facts: &NodeFacts<'_>) {
    let lab = analysis.lab;
    let is_public = lab.services.iter().flat_map(|service| &service.routes).any(|route| route.public);
    let proxy = lab.provider(Role::ReverseProxy).and_then(|provider| provider.service.as_deref());
    for (group, port) in &facts.ports {
        let Some(number) = &port.fixed else { continue };
        let service: &Service = analysis.groups[*group].service;
        let to_all = is_public && Some(service.name.as_str()) == proxy && [80, 443].contains(&number.value);
        let from =
            if to_all { vec![From::Anywhere] } else { lan(lab).into_iter().chain(bridges(facts.node)).collect() };
        for from in from {
            for protocol in protocols(port.protocol) {
                all.publish(from.clone(), &number.value.to_string(), protocol, &service.name);
            }
        }
    }
}

fn protocols(protocol: Protocol) -> impl Iterator<Item = &'static str> {
    protocol.names().iter().copied()
}

/// The lab's networks, and the nodes that lie in none of them.
fn lan(lab: &Lab) -> Vec<From> {
    let networks = network::trusted(lab);
    let outside = |node: &&Node| !networks.iter().any(|cidr| network::contains(cidr, node.address.value));
    let nodes = lab.nodes.iter().filter(outside).map(|node| node.address.value.to_string());
    networks.iter().map(|cidr| (*cidr).to_owned()).chain(nodes).map(From::Address).collect()
}

fn bridges(node: &Node) -> impl Iterator<Item = From> + use<> {
    let here = units::runs_docker(node);
    BRIDGES.into_iter().filter(move |_| here).map(From::Bridge)
}

/// Rules, each once: ufw knows a rule by all but its comment, so what several ask for is one rule that names them all.
struct Rules(Vec<Rule>);

impl Rules {
    fn add(&mut self, from: From, ports: &str, protocol: &'static str, why: &str) {
        self.push(from, ports, protocol, why, false);
    }

    fn publish(&mut self, from: From, ports: &str, protocol: &'static str, why: &str) {
        self.push(from, ports, protocol, why, true);
    }

    fn push(&mut self, from: From, ports: &str, protocol: &'static str, why: &str, published: bool) {
        match self.0.iter_mut().find(|rule| rule.from == from && rule.ports == ports && rule.protocol == protocol) {
            Some(rule) => {
                rule.published |= published;
                if !rule.why.split(", ").any(|known| known == why) {
                    rule.why.push_str(", ");
                    rule.why.push_str(why);
                }
            }
            None => self.0.push(Rule { from, ports: ports.to_owned(), protocol, published, why: why.to_owned() }),
        }
    }
}

/// The part that ufw itself can't do. A port that Docker publishes is forwarded, not delivered to the machine, so ufw's rules
/// never see it and it would be open to everybody. Both `DOCKER-USER` and `NOMAD-ADMIN` are asked before their owners let
/// a packet through; there it is told by the port it was sent to first. Connections from this node's own containers and
/// answers pass, and so does what isn't forwarded to a published port at all.
fn docker(rules: &[Rule]) -> String {
    let mut text = String::from(
        "\
*filter
:DOCKER-USER - [0:0]
:NOMAD-ADMIN - [0:0]
:hlmc - [0:0]
-A DOCKER-USER -j hlmc
-A NOMAD-ADMIN -j hlmc
-A NOMAD-ADMIN -o nomad -d 172.26.64.0/20 -j ACCEPT
-A hlmc -m conntrack ! --ctstate DNAT -j RETURN
-A hlmc -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
-A hlmc -i docker0 -j RETURN
-A hlmc -i br-+ -j RETURN
-A hlmc -i nomad -j RETURN
",
    );
    for Rule { from, ports, protocol, .. } in rules.iter().filter(|rule| rule.published) {
        let source = match from {
            From::Anywhere => String::new(),
            From::Address(address) => format!("-s {address} "),
            From::Bridge(_) => continue,
        };
        let _ = writeln!(text, "-A hlmc {source}-p {protocol} -m conntrack --ctorigdstport {ports} -j RETURN");
    }
    text.push_str("-A hlmc -j DROP\nCOMMIT\n");
    text
}
