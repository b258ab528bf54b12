//! `address-conflict`: addresses of nodes, of a network and of its DHCP that can't all be right.

mod dns;

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Dhcp, Dnsmasq, Lab, Network, Node};
use crate::source::{Span, Spanned};
use std::collections::HashMap;
use std::net::Ipv4Addr;

code!(Error, "address-conflict", "address_conflict.md", "addresses that can't all be right");

/// Reports addresses that no machine can have, and DHCP that hands out what it must not.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    for node in &lab.nodes {
        if let Some(network) = lab.networks.iter().find(|network| network.is_edge(node.address.value)) {
            sink.push(edge(node, network));
        }
    }
    overlap(lab, sink);
    routes(lab, sink);
    let mut dhcps: Vec<&Dhcp> = Vec::new();
    for (node, dnsmasq) in lab.dnsmasqs() {
        names(&lab.nodes, dnsmasq, sink);
        upstream(node, dnsmasq, sink);
        dns::mute(analysis, node, dnsmasq, sink);
        dns::aliases(&lab.nodes, dnsmasq, sink);
        let Some(dhcp) = &dnsmasq.dhcp else { continue };
        let network = lab.networks.iter().find(|network| network.holds(node.address.value));
        if let Some(diagnostic) = range(dhcp, network, node) {
            sink.push(diagnostic);
            continue;
        }
        lent(&lab.nodes, &dnsmasq.hosts, dhcp, sink);
        dns::router(&lab.nodes, dhcp, &dhcps, sink);
        if let Some(other) =
            dhcps.iter().find(|it| it.from.value <= dhcp.until.value && dhcp.from.value <= it.until.value)
        {
            sink.push(
                conflict("two nodes hand out the same addresses".to_owned(), &dhcp.from, "from here on")
                    .also(other.from.span, "and from here on")
                    .help("give each a range of its own, or leave one `dhcp` out"),
            );
        }
        dhcps.push(dhcp);
    }
}

fn conflict(message: String, place: &Spanned<Ipv4Addr>, label: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message, place.span, label)
}

/// Two networks with addresses in common: of a machine there, nothing says which it is on.
fn overlap(lab: &Lab, sink: &mut Sink) {
    let first_of =
        |network: &Network| network.cidr.split_once('/').and_then(|(first, _)| first.parse::<Ipv4Addr>().ok());
    for (at, network) in lab.networks.iter().enumerate() {
        let shares = |other: &&Network| {
            first_of(network).is_some_and(|it| other.holds(it)) || first_of(other).is_some_and(|it| network.holds(it))
        };
        if let Some(other) = lab.networks[..at].iter().find(shares) {
            let message =
                format!("networks `{}` and `{}` have addresses in common", other.name.value, network.name.value);
            let mut diagnostic = Diagnostic::new(&CODE, message, network.cidr.span, "these addresses");
            diagnostic.severity = Severity::Warning;
            sink.push(diagnostic.also(other.cidr.span, "and these").help("give each network addresses of its own"));
        }
    }
}

/// A node that has the address of the network itself, or that of all its machines.
fn edge(node: &Node, network: &Network) -> Diagnostic {
    let (address, name) = (node.address.value, &network.name.value);
    let message =
        format!("`{}` has address `{address}`, which no machine of network `{name}` can have", node.name.value);
    conflict(message, &node.address, "the first or last one of the network")
        .also(network.cidr.span, "this network")
        .help("give the address that the other nodes reach it by")
}

/// A route that is called like a machine: DNS has two answers, and either is right for one of them only.
fn routes(lab: &Lab, sink: &mut Sink) {
    // Of two with one name the first.
    let mut machines: HashMap<&str, Span> = HashMap::new();
    lab.machines().for_each(|name| _ = machines.entry(name).or_insert(name.span));
    for route in lab.services.iter().flat_map(|service| &service.routes) {
        let below = route.host.value.strip_suffix(&lab.domain.value).and_then(|rest| rest.strip_suffix('.'));
        if let Some(machine) = below.and_then(|below| machines.get(below)) {
            let message = format!("`{}` is a route, and the name of a machine", route.host.value);
            let mut diagnostic = Diagnostic::new(&CODE, message, route.span, "leads to the reverse proxy");
            diagnostic.severity = Severity::Warning;
            sink.push(diagnostic.also(*machine, "leads to this machine").help("call the route otherwise"));
        }
    }
}

/// A host that is called like a node: two addresses for one name.
fn names(nodes: &[Node], dnsmasq: &Dnsmasq, sink: &mut Sink) {
    for (name, address) in &dnsmasq.hosts {
        let same = |node: &&Node| node.name.value == name.value && node.address.value != *address;
        if let Some(node) = nodes.iter().find(same) {
            let message = format!("`{}` is a node with another address than `{address}`", name.value);
            let diagnostic = Diagnostic::new(&CODE, message, name.span, "the same name");
            let help = "give the machine another name; nodes have theirs in DNS anyway";
            sink.push(diagnostic.also(node.address.span, "the address of the node").help(help));
        }
    }
}

/// A DNS server that asks itself.
fn upstream(node: &Node, dnsmasq: &Dnsmasq, sink: &mut Sink) {
    for server in &dnsmasq.upstream {
        if server.parse() == Ok(node.address.value) {
            let message = format!("dnsmasq on `{}` asks itself for what it doesn't know", node.name.value);
            let diagnostic = Diagnostic::new(&CODE, message, server.span, "its own address");
            sink.push(
                diagnostic.also(node.address.span, "the node's").help("name a server elsewhere, such as `9.9.9.9`"),
            );
        }
    }
}

/// What is wrong with a range by itself and in its network.
fn range(dhcp: &Dhcp, network: Option<&Network>, node: &Node) -> Option<Diagnostic> {
    let (from, until, router) = (&dhcp.from, &dhcp.until, &dhcp.router);
    if from.value > until.value {
        let message = format!("`dhcp` hands out nothing: `{}` comes behind `{}`", from.value, until.value);
        let help = format!("write `from=\"{}\" until=\"{}\"`", until.value, from.value);
        return Some(conflict(message, from, "the first one").also(until.span, "the last one").help(help));
    }
    let network = network?;
    for (place, what) in [(from, "hands out"), (until, "hands out"), (router, "names as router")] {
        if !network.holds(place.value) || network.is_edge(place.value) {
            let (name, address) = (&network.name.value, place.value);
            let message = format!(
                "`dhcp` of `{}` {what} `{address}`, which no machine of network `{name}` can have",
                node.name.value
            );
            let diagnostic = conflict(message, place, "not in the network")
                .also(network.cidr.span, "the network that the node is on");
            return Some(diagnostic.help(format!("write an address of `{}`", network.cidr.value)));
        }
    }
    None
}

/// Addresses that are somebody's, and that DHCP may lend to somebody else.
fn lent(nodes: &[Node], hosts: &[(Spanned<String>, Ipv4Addr)], dhcp: &Dhcp, sink: &mut Sink) {
    let holds = |address: Ipv4Addr| (dhcp.from.value..=dhcp.until.value).contains(&address);
    let taken: Vec<&Node> = nodes.iter().filter(|node| holds(node.address.value)).collect();
    let range = format!("`{}` to `{}`", dhcp.from.value, dhcp.until.value);
    let mut report = |message: String, place: &Spanned<Ipv4Addr>, also: &[&Node]| {
        let mut diagnostic = conflict(message, place, "in the range");
        diagnostic.severity = Severity::Warning;
        if place.span != dhcp.from.span {
            diagnostic = diagnostic.also(dhcp.from.span, "lent from here on");
        }
        for node in also {
            diagnostic = diagnostic.also(node.address.span, "and this one");
        }
        sink.push(diagnostic.help(format!("keep it out of {range}: another machine may get it")));
    };
    if let Some((first, rest)) = taken.split_first() {
        let message = format!("the address of `{}` is one that DHCP hands out", first.name.value);
        report(message, &first.address, rest);
    }
    if holds(dhcp.router.value) {
        report("the router's address is one that DHCP hands out".to_owned(), &dhcp.router, &[]);
    }
    for (name, address) in hosts.iter().filter(|(_, address)| holds(*address) && *address != dhcp.router.value) {
        let message = format!("the address of `{}` is one that DHCP hands out", name.value);
        report(message, &Spanned::new(*address, name.span), &[]);
    }
}
