//! `on`, `prefer`, `spread`, `distinct-hosts`, `constraint` as Nomad's constraints, affinities and spreads.

use super::Context;
use crate::diagnostic::Sink;
use crate::model::Node;
use crate::nomad::form::{Block, Body, Value};
use crate::resolve::codes::{bad_value::bad_value, unknown_reference::no_node_has};
use crate::source::{Span, Spanned};

/// Node properties that manifests place by, with Nomad's attribute for each.
const PROPERTIES: [(&str, &str); 3] =
    [("arch", "${attr.cpu.arch}"), ("class", "${node.class}"), ("node", "${node.unique.name}")];

/// Reports a node, class, architecture or pool that no node of the lab has.
fn exists(property: &str, value: Spanned<&str>, context: Context<'_>, sink: &mut Sink) {
    let nodes = &context.lab.nodes;
    let (what, of): (&str, fn(&Node) -> &str) = match property {
        "arch" => ("architecture", |node| node.arch.value.name()),
        "class" => ("class", |node| &node.class),
        "pool" => ("pool", |node| &node.pool),
        _ => ("name", |node| &node.name),
    };
    let is_there = match what {
        "name" => context.lab.node(value.value).is_some(),
        "pool" if value.value == "all" => true,
        _ => nodes.iter().any(|node| of(node) == value.value),
    };
    // Without a node every name would be wrong, and so may be some without one of several; other messages say so.
    if !nodes.is_empty() && !context.lab.more_nodes && !is_there {
        let all = ["all"].into_iter().filter(|_| what == "pool");
        let known = nodes.iter().map(of).chain(all).filter(|name| !name.is_empty()).collect::<Vec<_>>();
        sink.push(no_node_has(what, value.value, value.span, known));
    }
}

/// Adds what the service says about where it runs to the job.
pub(super) fn lower(service: &mut Body, job: &mut Body, context: Context<'_>, sink: &mut Sink) {
    for on in service.blocks("on") {
        if let Some(pool) = on.body.attribute("pool") {
            job.set("node_pool", pool.value.clone());
        }
        if let Some(value) = on.body.str("pool") {
            exists("pool", value, context, sink);
        }
        for (name, attribute) in PROPERTIES {
            let values: Vec<_> = on.body.strings(name).collect();
            let Some(first) = values.first() else { continue };
            for value in &values {
                exists(name, *value, context, sink);
            }
            let (operator, value) = if values.len() == 1 {
                (None, first.value.to_owned())
            } else {
                (Some("set_contains_any"), values.iter().map(|value| value.value).collect::<Vec<_>>().join(","))
            };
            job.blocks.push(constraint(attribute, operator, value, first.span));
        }
    }
    job.blocks.extend(service.blocks.extract_if(.., |block| block.name == "constraint"));
    if let Some(distinct) = service.bool("distinct-hosts").filter(|distinct| distinct.value) {
        let mut block = Block::new("constraint", distinct.span);
        block.body.set("operator", Value::str("distinct_hosts", distinct.span));
        block.body.set("value", Value::str("true", distinct.span));
        job.blocks.push(block);
    }
    for prefer in service.blocks("prefer") {
        affinities(prefer, job, context, sink);
    }
    for spread in service.blocks("spread") {
        let over = spread.body.str("over").map_or("node", |over| over.value);
        let attribute = PROPERTIES.iter().find(|(name, _)| *name == over).map_or("${node.unique.name}", |it| it.1);
        let mut block = Block::new("spread", spread.span);
        block.body.set("attribute", Value::str(attribute, spread.span));
        if let Some(weight) = weight(spread, 0, sink) {
            block.body.set("weight", weight);
        }
        job.blocks.push(block);
    }
}

fn affinities(prefer: &Block, job: &mut Body, context: Context<'_>, sink: &mut Sink) {
    let weight = weight(prefer, -100, sink);
    for (name, attribute) in PROPERTIES {
        let Some(value) = prefer.body.attribute(name) else { continue };
        if let Some(written) = prefer.body.str(name) {
            exists(name, written, context, sink);
        }
        let mut block = Block::new("affinity", value.value.span);
        block.body.set("attribute", Value::str(attribute, value.name_span));
        block.body.set("value", value.value.clone());
        if let Some(weight) = &weight {
            block.body.set("weight", weight.clone());
        }
        job.blocks.push(block);
    }
}

fn weight(block: &Block, least: i64, sink: &mut Sink) -> Option<Value> {
    let attribute = block.body.attribute("weight")?;
    let weight = block.body.int("weight")?;
    if weight.value < least || weight.value > 100 || weight.value == 0 {
        let expected = if least < 0 { "a weight from -100 to 100 other than 0" } else { "a weight from 1 to 100" };
        sink.push(
            bad_value(&weight.value.to_string(), expected, weight.span)
                .help("leave `weight` out for 50; the larger, the more it counts against other wishes"),
        );
        return None;
    }
    Some(attribute.value.clone())
}

fn constraint(attribute: &str, operator: Option<&str>, value: String, span: Span) -> Block {
    let mut block = Block::new("constraint", span);
    block.body.set("attribute", Value::str(attribute, span));
    if let Some(operator) = operator {
        block.body.set("operator", Value::str(operator, span));
    }
    block.body.set("value", Value::str(value, span));
    block
}
