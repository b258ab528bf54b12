//! What a node's own words for its Nomad agent say otherwise than the node does: they win in the agent, so they do here.

use super::codes::bad_value::bad_value;
use crate::diagnostic::Sink;
use crate::model::Node;
use crate::nomad::form::{Body, ValueKind};
use crate::source::{Span, Spanned};

const MIB: u64 = 1 << 20;

/// Takes over what the node's `nomad { client { … } }` says of the machine.
pub(super) fn apply(node: &mut Node) {
    let Some(client) = node.nomad.block("client").map(|client| client.body.clone()) else { return };
    for (name, own) in [("node_class", &mut node.class), ("node_pool", &mut node.pool)] {
        if let Some(text) = client.str(name) {
            *own = text.map(str::to_owned);
        }
    }
    meta(node, &client);
    let number = |body: &Body, name: &str| body.int(name).and_then(|number| u64::try_from(number.value).ok());
    let megabytes = |body: &Body, name: &str| number(body, name).map(|number| number.saturating_mul(MIB));
    // A zero stands for what is found.
    for (name, unit, own) in
        [("cpu_total_compute", 1, &mut node.capacity.cpu), ("memory_total_mb", MIB, &mut node.capacity.memory)]
    {
        let given = client.attribute(name).zip(number(&client, name).filter(|number| *number > 0));
        if let Some((attribute, number)) = given {
            *own = Some(Spanned::new(number.saturating_mul(unit), attribute.value.span));
        }
    }
    if let Some(reserved) = client.block("reserved") {
        let own = &mut node.reserved;
        own.cpu = number(&reserved.body, "cpu").unwrap_or(own.cpu);
        own.memory = megabytes(&reserved.body, "memory").unwrap_or(own.memory);
        own.disk = megabytes(&reserved.body, "disk").unwrap_or(own.disk);
    }
    let allowed = client.block("options").and_then(|options| options.body.str("driver.allowlist"));
    if let Some(allowed) = allowed {
        let names = allowed.value.split(',').map(str::trim).filter(|name| !name.is_empty());
        let drivers: Vec<_> = names.map(|name| Spanned::new(name.to_owned(), allowed.span)).collect();
        // None at all allows every driver: of those only the ones that the node tells are known.
        if !drivers.is_empty() {
            node.drivers = drivers;
        }
    }
}

fn meta(node: &mut Node, client: &Body) {
    for attribute in client.block("meta").iter().flat_map(|meta| &meta.body.attributes) {
        if let ValueKind::Str(text) = &attribute.value.kind {
            node.meta.retain(|(name, _)| name.value != *attribute.name);
            node.meta.push((Spanned::new(attribute.name.to_string(), attribute.name_span), text.clone()));
        }
    }
    node.meta.sort_by(|a, b| a.0.value.cmp(&b.0.value));
}

/// Reports numbers of a node's agents that can't be beside each other.
pub(super) fn check(node: &Node, sink: &mut Sink) {
    if let Some(client) = node.nomad.block("client") {
        for (first, from, last, until) in [
            ("min_dynamic_port", 20_000, "max_dynamic_port", 32_000),
            ("client_min_port", 14_000, "client_max_port", 14_512),
        ] {
            range(&client.body, (first, from), (last, until), sink);
        }
    }
    let mut taken: Vec<([&str; 2], i64, Option<Span>)> = Vec::new();
    // What listens on an address of its own is in nobody's way.
    if node.nomad.block("addresses").is_none() {
        ports("Nomad", &node.nomad, &[("http", 4646), ("rpc", 4647), ("serf", 4648)], &mut taken, sink);
    }
    if node.consul.block("ports").is_some() && node.consul.block("addresses").is_none() {
        let own = [
            ("dns", 8600),
            ("http", 8500),
            ("grpc_tls", 8503),
            ("serf_lan", 8301),
            ("serf_wan", 8302),
            ("server", 8300),
        ];
        ports("Consul", &node.consul, &own, &mut taken, sink);
    }
}

/// A range that ends before it begins.
fn range(body: &Body, first: (&str, i64), last: (&str, i64), sink: &mut Sink) {
    let (from, until) = (body.int(first.0), body.int(last.0));
    let (start, end) = (from.map_or(first.1, |it| it.value), until.map_or(last.1, |it| it.value));
    let Some(place) = from.or(until).filter(|_| start > end && start > 0 && end > 0) else { return };
    let expected = match from {
        Some(_) => format!("at most `{}`, {end}", last.0),
        None => format!("at least `{}`, {start}", first.0),
    };
    let diagnostic = bad_value(&place.value.to_string(), &expected, place.span);
    let diagnostic = match until.filter(|it| it.span != place.span) {
        Some(until) => diagnostic.also(until.span, "the last one"),
        None => diagnostic,
    };
    sink.push(diagnostic.help(format!("write `{} {end}` and `{} {start}`", first.0, last.0)));
}

/// Ports of an agent, as they are told or by default, of which two are the same.
fn ports<'p>(
    whose: &'p str,
    agent: &Body,
    own: &[(&'p str, i64)],
    taken: &mut Vec<([&'p str; 2], i64, Option<Span>)>,
    sink: &mut Sink,
) {
    let told = agent.block("ports");
    for (name, default) in own {
        let said = told.and_then(|ports| ports.body.int(name));
        let number = said.map_or(*default, |said| said.value);
        let first = taken.iter().find(|(_, other, _)| *other == number && number > 0);
        let place = said.map(|said| said.span);
        if let Some((other, _, there)) = first
            && let Some(span) = place.or(*there)
        {
            let [whose, name] = if place.is_some() { *other } else { [whose, name] };
            let expected = format!("a port of its own: `{name}` of the {whose} agent has it");
            let diagnostic = bad_value(&number.to_string(), &expected, span);
            let diagnostic = match there.filter(|there| *there != span) {
                Some(there) => diagnostic.also(there, "the same port"),
                None => diagnostic,
            };
            sink.push(diagnostic.help("give each a port of its own, or leave them out"));
        }
        taken.push(([whose, name], number, place));
    }
}
