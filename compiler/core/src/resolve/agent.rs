//! What a node's own words for its Nomad agent say otherwise than the node does: they win in the agent, so they do here.

use crate::model::Node;
use crate::nomad::form::{Body, ValueKind};
use crate::source::Spanned;

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
