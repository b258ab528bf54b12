//! `ufw.sh` of a node: what is declared is open, and nothing else.

use super::{network, ports, units};
use crate::analyze::{Analysis, NodeFacts};
use crate::model::{Daemon, Discovery, Lab, Node, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The ports that Nomad picks from for services.
const DYNAMIC: &str = "20000:32000";

/// The interfaces of Docker's and of Nomad's bridge: containers of this very node. Those of other nodes come with the address of
/// their node, so both are trusted alike.
const BRIDGES: [&str; 2] = ["docker0", "nomad"];

/// Who is let in.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum From {
    Anywhere,
    Address(String),
    Bridge(&'static str),
}

/// What is let in from there: ports as ufw writes several, `4646,20000:32000`, and `tcp` or `udp`.
type What = (From, String, &'static str);

/// What the firewall lets in.
struct Rules {
    /// To the machine itself, each with who asked for it.
    input: Vec<(What, String)>,
    /// Where each of those stands in `input`.
    known: BTreeMap<What, usize>,
    /// To the published ports of containers.
    forward: Vec<What>,
}

/// The whole script.
pub(super) fn script(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> String {
    let rules = rules(analysis, facts);
    let mut lines = String::new();
    for (what, why) in &rules.input {
        line(&mut lines, what, why);
    }
    let block = if units::runs_docker(facts.node) { docker(&rules.forward) } else { String::new() };
    include_str!("ufw.sh.in").replace("@{rules}", lines.trim_end()).replace("@{block}", block.trim_end())
}

/// A rule in exactly the words that `ufw show added` repeats it in: the script compares them.
fn line(text: &mut String, (from, ports, protocol): &What, why: &str) {
    let _ = match from {
        // Who asks for an address has none yet.
        From::Anywhere if ports == "67" => {
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

fn rules(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> Rules {
    let (lab, node) = (analysis.lab, facts.node);
    let mut rules = Rules { input: Vec::new(), known: BTreeMap::new(), forward: Vec::new() };
    let lan = lan(lab);
    // Where the lab declares no network, nobody knows where the person sits who deploys.
    let ssh = if lab.networks.is_empty() { &[From::Anywhere] } else { lan.as_slice() };
    rules.add(ssh, &ports::ssh(node).to_string(), "tcp", "ssh");
    members(&mut rules, lab, node);
    for daemon in &node.daemons {
        for (port, protocol) in daemon.ports() {
            let port = port.to_string();
            if port == "67" {
                rules.add(&[From::Anywhere], &port, protocol, daemon.name());
                continue;
            }
            rules.add(&lan, &port, protocol, daemon.name());
            if matches!(daemon, Daemon::Dnsmasq(_)) {
                rules.add(&bridges(node), &port, protocol, daemon.name());
            }
        }
    }
    services(&mut rules, analysis, facts, &lan);
    rules
}

/// Agents talk to each other only, and services find each other at the ports that Nomad picked. The API of Nomad is open to
/// members too, and not to containers: whoever reaches it runs what they like on every machine. Consul's listen on the loopback
/// address and need no rule.
fn members(rules: &mut Rules, lab: &Lab, node: &Node) {
    let others = lab.nodes.iter().filter(|other| other.name.value != node.name.value);
    let others: Vec<From> = others.map(|other| From::Address(other.address.value.to_string())).collect();
    let bridges = bridges(node);
    let dynamic = if node.client { DYNAMIC } else { "" };
    let (nomad, nomad_udp) = if node.server { ("4646,4647,4648", "4648") } else { ("4646", "") };
    let (consul, consul_udp) = match lab.discovery {
        Discovery::Consul => (if node.server { "8300,8301" } else { "8301" }, "8301"),
        Discovery::Nomad => ("", ""),
    };
    rules.add(&others, &list(&[nomad, consul, dynamic]), "tcp", "members");
    rules.add(&others, &list(&[nomad_udp, consul_udp, dynamic]), "udp", "members");
    if node.client {
        rules.add(&bridges, dynamic, "tcp", "containers");
        rules.add(&bridges, dynamic, "udp", "containers");
        rules.publish(&others, dynamic, "tcp");
        rules.publish(&others, dynamic, "udp");
    }
}

fn list(ports: &[&str]) -> String {
    let ports: Vec<&str> = ports.iter().copied().filter(|ports| !ports.is_empty()).collect();
    ports.join(",")
}

/// The fixed ports of what can run here: open to the lab's networks, and those of the web to everybody where the reverse proxy
/// serves routes to the internet. Its other ports, such as that of its metrics, stay inside.
fn services(rules: &mut Rules, analysis: &Analysis<'_>, facts: &NodeFacts<'_>, lan: &[From]) {
    let lab = analysis.lab;
    let is_public = lab.services.iter().flat_map(|service| &service.routes).any(|route| route.public);
    let proxy = lab.provider(Role::ReverseProxy).and_then(|provider| provider.service.as_deref());
    let inside = [lan, &bridges(facts.node)].concat();
    for (group, port) in &facts.ports {
        let Some(number) = &port.fixed else { continue };
        let service = analysis.groups[*group].service.name.as_str();
        let to_all = is_public && Some(service) == proxy && [80, 443].contains(&number.value);
        let from = if to_all { &[From::Anywhere] } else { inside.as_slice() };
        for protocol in port.protocol.names() {
            rules.add(from, &number.value.to_string(), protocol, service);
            rules.publish(from, &number.value.to_string(), protocol);
        }
    }
}

/// The lab's networks, and the nodes that lie in none of them.
fn lan(lab: &Lab) -> Vec<From> {
    let networks = network::trusted(lab);
    let outside = |node: &&Node| !networks.iter().any(|cidr| network::contains(cidr, node.address.value));
    let nodes = lab.nodes.iter().filter(outside).map(|node| node.address.value.to_string());
    networks.iter().map(|cidr| (*cidr).to_owned()).chain(nodes).map(From::Address).collect()
}

fn bridges(node: &Node) -> Vec<From> {
    if units::runs_docker(node) { BRIDGES.map(From::Bridge).to_vec() } else { Vec::new() }
}

impl Rules {
    /// Lets into the machine. ufw knows a rule by all but its comment, so what several ask for is one rule that names them all.
    fn add(&mut self, from: &[From], ports: &str, protocol: &'static str, why: &str) {
        for from in from.iter().filter(|_| !ports.is_empty()) {
            let what = (from.clone(), ports.to_owned(), protocol);
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
    fn publish(&mut self, from: &[From], ports: &str, protocol: &'static str) {
        for from in from.iter().filter(|from| !matches!(from, From::Bridge(_))) {
            self.forward.push((from.clone(), ports.to_owned(), protocol));
        }
    }
}

/// The part that ufw itself can't do. A port that Docker publishes is forwarded, not delivered to the machine, so ufw's rules
/// never see it and it would be open to everybody. Both `DOCKER-USER` and `NOMAD-ADMIN` are asked before their owners let
/// a packet through; there it is told by the port it was sent to first. Connections from this node's own containers and
/// answers pass, and so does what isn't forwarded to a published port at all.
fn docker(rules: &[What]) -> String {
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
    let mut seen = BTreeSet::new();
    for what in rules.iter().filter(|what| seen.insert(*what)) {
        let (from, ports, protocol) = what;
        let source = match from {
            From::Address(address) => format!("-s {address} "),
            From::Anywhere | From::Bridge(_) => String::new(),
        };
        let _ = writeln!(text, "-A hlmc {source}-p {protocol} -m conntrack --ctorigdstport {ports} -j RETURN");
    }
    text.push_str("-A hlmc -j DROP\nCOMMIT\n");
    text
}
