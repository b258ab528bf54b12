//! Addresses that dnsmasq asks, knows and tells, and that are those of nodes.

use super::CODE;
use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::model::{Daemon, Dhcp, Dnsmasq, Node};

fn warning(message: String, place: crate::source::Span, label: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(&CODE, message, place, label);
    diagnostic.severity = Severity::Warning;
    diagnostic
}

/// A server to ask that is a node on which nothing answers questions.
pub(super) fn mute(analysis: &Analysis<'_>, own: &Node, dnsmasq: &Dnsmasq, sink: &mut Sink) {
    for server in &dnsmasq.upstream {
        let other = server.parse().ok().and_then(|address| analysis.node_at(address));
        let Some(node) = other.filter(|node| node.name.value != own.name.value) else { continue };
        let runs = node.daemons.iter().any(|daemon| matches!(daemon, Daemon::Dnsmasq(_)));
        let facts = analysis.lab.node(&node.name).map(|at| &analysis.nodes[at]);
        let listens = facts.is_some_and(|facts| {
            let shared =
                |at: &usize| analysis.groups[*at].group.network_mode.as_ref().is_some_and(|it| it.value == "host");
            facts.ports.iter().any(|(_, port)| port.fixed.as_ref().is_some_and(|fixed| fixed.value == 53))
                || facts.groups.iter().any(shared)
        });
        if runs || listens {
            continue;
        }
        let message =
            format!("dnsmasq on `{}` asks `{}`, where nothing answers for DNS", own.name.value, node.name.value);
        let diagnostic = warning(message, server.span, "no DNS server there");
        sink.push(diagnostic.also(node.address.span, "the address of a node").help("name a server, such as `9.9.9.9`"));
    }
}

/// A name for a machine that is no node, at the address of a node, or of another such name.
pub(super) fn aliases(nodes: &[Node], dnsmasq: &Dnsmasq, sink: &mut Sink) {
    for (at, (name, address)) in dnsmasq.hosts.iter().enumerate() {
        let node = nodes.iter().find(|node| node.address.value == *address && node.name.value != name.value);
        let node = node.map(|node| (&node.name, node.address.span));
        let host = dnsmasq.hosts[..at].iter().find(|(other, of)| of == address && other.value != name.value);
        let Some((other, place)) = node.or(host.map(|(other, _)| (other, other.span))) else { continue };
        let message = format!("`{}` has the address of `{}`, `{address}`", name.value, other.value);
        let mut diagnostic = Diagnostic::new(&CODE, message, name.span, "two names for one machine");
        diagnostic.severity = Severity::Advice;
        sink.push(diagnostic.also(place, format!("`{}` is there", other.value)).help(
            "correct the address; where a second name is meant, say so: `allow \"address-conflict\" reason=\"…\"` in the node",
        ));
    }
}

/// A router that is a node, or another one than machines are told elsewhere.
pub(super) fn router(nodes: &[Node], dhcp: &Dhcp, others: &[&Dhcp], sink: &mut Sink) {
    let router = &dhcp.router;
    if let Some(node) = nodes.iter().find(|node| node.address.value == router.value) {
        let message = format!("machines are told that the way to the internet is node `{}`", node.name.value);
        let diagnostic = warning(message, router.span, "no router, as far as the lab knows");
        sink.push(diagnostic.also(node.address.span, "the address of a node").help(
            "give the router's own address; where the node is one, say so: `allow \"address-conflict\" reason=\"…\"` in it",
        ));
        return;
    }
    if let Some(other) = others.iter().find(|other| other.router.value != router.value) {
        let message =
            format!("machines are told of two ways to the internet, `{}` and `{}`", other.router.value, router.value);
        let diagnostic = warning(message, router.span, "one of them");
        sink.push(diagnostic.also(other.router.span, "the other one").help("name the same router in both"));
    }
}
