//! A job as a `service`: what there are words for in our words, the rest in Nomad's, laid over what those become.

use super::compare::Place;
use super::kdl::Node;
use super::nodes::{Nodes, is_empty};
use super::residue::residue;
use super::words::{House, Level, Parts, service};
use crate::decode::manifests::top;
use crate::decode::parameters::Parameters;
use crate::diagnostic::Sink;
use crate::lower::{self, Assets, Context, OWNER, Registry};
use crate::model::Lab;
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::nomad::schema::BlockType;
use crate::nomad::tables;
use crate::resolve::Expanded;
use crate::source::Span;
use std::sync::Arc;

/// The words of a service in the order that a person writes them in.
const ORDER: [&str; 44] = [
    "description",
    "type",
    "periodic",
    "namespace",
    "priority",
    "count",
    "datacenters",
    "group",
    "main-task",
    "driver",
    "image",
    "arch",
    "command",
    "args",
    "user",
    "privileged",
    "network",
    "provider",
    "register",
    "host-network",
    "port",
    "tags",
    "resources",
    "cpu",
    "memory",
    "memory-max",
    "device",
    "volume",
    "mount",
    "env",
    "check",
    "route",
    "on",
    "constraint",
    "distinct-hosts",
    "prefer",
    "spread",
    "kill-timeout",
    "kill-signal",
    "shutdown-delay",
    "config",
    "nomad-task",
    "nomad-group",
    "nomad",
];

/// The job as a `service`; nothing where it can't be one.
pub(super) fn raise(job: &Block, lab: &Lab, house: &House, level: Level, nodes: &mut Nodes<'_>) -> Option<Node> {
    let parts = Parts::of(job)?;
    let mut words = service(&parts, house, level);
    let made = made(&words, lab, house);
    let ty = job_type()?;
    let (group_type, task_type) = (ty.block("group")?, ty.block("group")?.block("task")?);
    let made_group = made.body.block("group")?;
    let made_tasks: Vec<&Block> = made_group.body.blocks("task").collect();
    let tasks: Vec<&Block> = parts.tasks().collect();
    let same = |one: &Block, other: &Block| one.label().map(|it| &it.value) == other.label().map(|it| &it.value);
    if tasks.len() != made_tasks.len() || !tasks.iter().zip(&made_tasks).all(|(one, other)| same(one, other)) {
        return None;
    }
    for (task, made) in tasks.into_iter().zip(made_tasks) {
        let over = residue(&task.body, &made.body, Place::of(task_type), "")?;
        let body = if std::ptr::eq(task, parts.main) {
            &mut words.body
        } else {
            let mut others = words.body.blocks.iter_mut().filter(|it| matches!(&*it.name, "init" | "sidecar" | "task"));
            &mut others.find(|word| same(word, task))?.body
        };
        lay(over, "nomad-task", task.span, body);
    }
    lay(
        residue(&parts.group.body, &made_group.body, Place::of(group_type), "task")?,
        "nomad-group",
        parts.group.span,
        &mut words.body,
    );
    lay(residue(&job.body, &made.body, Place::of(ty), "group")?, "nomad", job.span, &mut words.body);
    let mut node = nodes.of(&words, top("service")?);
    in_order(&mut node);
    Some(node)
}

/// The table of `job`.
pub(super) fn job_type() -> Option<&'static BlockType> {
    tables::language("nomad-job")?.root.block("job")
}

/// Adds what is to be laid over; what the driver is told has a word of its own.
fn lay(mut over: Body, word: &'static str, span: Span, body: &mut Body) {
    if word == "nomad-task" {
        body.blocks.extend(over.blocks.extract_if(.., |block| block.name == "config"));
    }
    if !is_empty(&over) {
        body.blocks.push(Block { body: over, ..Block::new(word, span) });
    }
}

/// What the lab of the import says for all of its services.
pub(super) fn defaults(house: &House) -> Body {
    let mut body = Body::default();
    let span = Span::default();
    for name in ["shutdown-delay", "host-network", "datacenters"] {
        if name != "datacenters" || house.no_datacenters {
            let value = Value { kind: ValueKind::Null, span };
            body.attributes.push(Attribute { name: name.into(), name_span: span, value });
        }
    }
    body
}

/// The job that a service becomes by itself.
fn made(words: &Block, lab: &Lab, house: &House) -> Block {
    let mut body = defaults(house);
    body.merge(words.body.clone(), top("service"));
    let mut job = lowered(&Block { body, ..words.clone() }, false, lab, &mut Sink::default());
    for meta in job.body.blocks.iter_mut().filter(|block| block.name == "meta") {
        meta.body.attributes.retain(|attribute| attribute.name != OWNER);
    }
    job.body.blocks.retain(|block| block.name != "meta" || !is_empty(&block.body));
    job
}

/// The job that a service or job becomes in a lab.
pub(super) fn lowered(block: &Block, core: bool, lab: &Lab, sink: &mut Sink) -> Block {
    let name = block.labels.first().cloned().unwrap_or_default();
    let (path, parameters) = (Arc::from("services/service.kdl"), Parameters::default());
    let expanded = Expanded { name, body: block.body.clone(), core, path, parameters, broken: false };
    let registry = Registry::collect(std::slice::from_ref(&expanded), sink);
    let assets = Assets::default();
    lower::service(expanded, Context { lab, registry: &registry, assets: &assets }, sink).job
}

fn in_order(node: &mut Node) {
    let Some(children) = &mut node.children else { return };
    // Further tasks stand behind the main one's words, as they were.
    let rank = |node: &Node| ORDER.iter().position(|name| *name == node.name).unwrap_or(ORDER.len() - 4);
    children.sort_by_key(rank);
    for child in children.iter_mut().filter(|child| matches!(&*child.name, "init" | "sidecar" | "task")) {
        in_order(child);
    }
}
