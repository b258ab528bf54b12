//! `allow "code" reason="…"` of the lab, its nodes and its services.

use super::Expanded;
use super::codes::bad_value::bad_value;
use crate::diagnostic::Sink;
use crate::model::{Allow, Within};
use crate::nomad::form::{Block, Body};
use std::collections::BTreeSet;

/// Collects every `allow` of the lab and of its nodes; one without a reason is reported.
pub fn allowed(lab: &Block, nodes: &[Block], sink: &mut Sink) -> Vec<Allow> {
    let mut allowed = of(&lab.body, Within::Lab, sink);
    for node in nodes {
        allowed.extend(of(&node.body, Within::Block, sink));
    }
    allowed
}

/// Collects every `allow` of the services.
pub fn allowed_by_services(services: &[Expanded], sink: &mut Sink) -> Vec<Allow> {
    let mut allowed = Vec::new();
    // Several services may have the one of a preset.
    let (mut known, mut quiet) = (BTreeSet::new(), Sink::default());
    for service in services.iter().filter(|service| !service.core) {
        for block in service.body.blocks("allow") {
            let sink = if known.insert(block.span) { &mut *sink } else { &mut quiet };
            allowed.extend(allow(block, Within::Service(service.name.span), sink));
        }
    }
    allowed
}

fn of(body: &Body, within: Within, sink: &mut Sink) -> Vec<Allow> {
    body.blocks("allow").filter_map(|block| allow(block, within, sink)).collect()
}

fn allow(block: &Block, within: Within, sink: &mut Sink) -> Option<Allow> {
    let code = block.label()?.clone();
    let reason = block.body.str("reason")?;
    if reason.trim().is_empty() {
        sink.push(bad_value(reason.value, "a reason", reason.span).help("say why it is fine as it is"));
        return None;
    }
    Some(Allow { code, within })
}
