//! `address-outside-networks`: a node whose address lies in none of the lab's networks.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Lab, Node, holds};
use crate::nomad::form::ValueKind;

code!(
    Warning,
    "address-outside-networks",
    "address_outside_networks.md",
    "a node's address lies in none of the lab's networks"
);

/// Reports each node that is on no network of its lab, where the lab says which it has.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    hosts(lab, sink);
    for node in lab.nodes.iter().filter(|node| !lab.networks.is_empty() && !is_in_some(lab, node)) {
        let (name, address) = (&node.name.value, node.address.value);
        let message = format!("the address of `{name}`, `{address}`, lies in none of the lab's networks");
        let mut diagnostic = Diagnostic::new(&CODE, message, node.address.span, "outside of all of them");
        for network in lab.networks.iter().take(3) {
            diagnostic = diagnostic.also(network.cidr.span, format!("`{}`", network.name.value));
        }
        sink.push(diagnostic.help(format!(
            "correct the address, or tell the lab of the network that `{name}` is on: `network \"NAME\" cidr=\"{}/24\"`",
            std::net::Ipv4Addr::from(u32::from(address) & 0xffff_ff00)
        )));
    }
}

/// Names of the lab's DNS for machines that are on none of its networks: they may be on one that the lab isn't told of.
fn hosts(lab: &Lab, sink: &mut Sink) {
    for (name, address) in lab.dnsmasqs().flat_map(|(_, dnsmasq)| &dnsmasq.hosts) {
        let inside = lab.networks.iter().any(|network| network.holds(*address));
        let Some(network) = lab.networks.first().filter(|_| !inside && address.is_private()) else { continue };
        let message = format!("the address of `{}`, `{address}`, lies in none of the lab's networks", name.value);
        let mut diagnostic = Diagnostic::new(&CODE, message, name.span, "outside of all of them");
        diagnostic.severity = Severity::Advice;
        sink.push(
            diagnostic
                .also(network.cidr.span, format!("`{}`", network.name.value))
                .help("correct the address, or tell the lab of the network that it is on"),
        );
    }
}

/// Whether a network of the lab, of a provider's options or of the node's own configuration of Nomad has its address.
fn is_in_some(lab: &Lab, node: &Node) -> bool {
    let address = node.address.value;
    let own = node.nomad.block("client").into_iter().flat_map(|client| client.body.blocks("host_network"));
    let options = lab.providers.iter().flat_map(|provider| &provider.options.attributes);
    let given = options.filter_map(|option| match &option.value.kind {
        ValueKind::Str(text) => Some(text.as_str()),
        _ => None,
    });
    let declared = lab.networks.iter().map(|network| network.cidr.as_str());
    let cidrs = own.filter_map(|network| network.body.str("cidr")).map(|cidr| cidr.value);
    declared.chain(given).chain(cidrs).any(|cidr| holds(cidr, address))
}
