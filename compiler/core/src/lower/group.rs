//! The group of a service: network, volumes, registrations, tasks.

use super::discovery::port_blocks;
use super::job::{Found, job_type};
use super::{Context, Owner, codes::needs_consul::needs_consul, codes::no_port, files, task};
use crate::diagnostic::Sink;
use crate::model::{Discovery, Protocol, few};
use crate::nomad::form::{Attribute, Block, Body, Value};
use crate::resolve::codes::unknown_reference::{unknown_member, unknown_reference};
use crate::resolve::{NameKind, bodies, check_name, port, tasks};
use crate::source::{Span, Spanned};

/// How long a stopping instance stays up once it is taken out of discovery, so that nobody is sent to it.
const SHUTDOWN_DELAY: &str = "5s";

/// Lowers the one group of a service.
pub(super) fn lower(
    body: &mut Body,
    owner: Owner<'_>,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Block {
    let span = owner.name.span;
    let mut group = Block::labelled("group", named(body, "group", owner.name, sink), span);
    if let Some(count) = body.attribute("count") {
        group.body.set("count", count.value.clone());
    }
    let services = services(body, owner, context, sink);
    match body.attribute("shutdown-delay") {
        Some(delay) => group.body.set("shutdown_delay", delay.value.clone()),
        None if services.is_empty() => {}
        None => group.body.set("shutdown_delay", Value::str(SHUTDOWN_DELAY, span)),
    }
    // As many as most groups have: a network, a volume, services and tasks.
    group.body.blocks.reserve_exact(2 + services.len() + bodies(body).count());
    group.body.blocks.extend(network(body, context, span, sink));
    volumes(body, &mut group.body, sink);
    group.body.blocks.extend(services);
    for task in body.blocks.iter_mut().filter(|block| matches!(&*block.name, "init" | "sidecar")) {
        group.body.blocks.extend(task::extra(task, owner, context, found, sink));
    }
    group.body.blocks.push(task::main(body, owner, context, found, sink));
    for task in body.blocks.iter_mut().filter(|block| block.name == "task") {
        group.body.blocks.extend(task::extra(task, owner, context, found, sink));
    }
    if let Some(over) = body.block("nomad-group") {
        group.body.merge(over.body.clone(), job_type().and_then(|job| job.block("group")));
    }
    group
}

/// The name of the group or the main task: what the service says, or its own name.
pub(super) fn named(body: &Body, word: &str, service: &Spanned<String>, sink: &mut Sink) -> Spanned<String> {
    let named = body.str(word).map(|name| name.map(str::to_owned));
    named.filter(|name| check_name(word, name, NameKind::Job, sink)).unwrap_or_else(|| service.clone())
}

fn network(body: &Body, context: Context<'_>, span: Span, sink: &mut Sink) -> Option<Block> {
    let mode = body.str("network").filter(|mode| mode.value != "host");
    let ports = few(port_blocks(body).filter_map(|block| lower_port(block, body, context, sink)));
    if mode.is_none() && ports.is_empty() {
        return None;
    }
    let mut network = Block::new("network", ports.first().map_or(span, |port| port.span));
    if let Some(mode) = mode {
        network.body.set("mode", Value::str(mode.value, mode.span));
    }
    network.body.blocks = ports;
    Some(network)
}

/// A fixed port is taken on the lab's network only: without `host_network` Nomad would give the second claimant the next
/// address of the same interface, and both would run (nomad/structs/network.go, AssignPorts).
fn lower_port(block: &Block, service: &Body, context: Context<'_>, sink: &mut Sink) -> Option<Block> {
    let label = block.label()?;
    if !check_name("port", label, NameKind::Port, sink) {
        return None;
    }
    let mut lowered = Block::labelled("port", label.clone(), label.span);
    lowered.body.attributes.reserve_exact(block.body.attributes.len());
    for (ours, theirs) in [("static", "static"), ("to", "to")] {
        if let Some(number) = port(&block.body, ours, sink) {
            lowered.body.set(theirs, Value::int(i64::from(number.value), number.span));
            if theirs == "static" {
                let network = block.body.attribute("host-network").or_else(|| service.attribute("host-network"));
                let network = network.map_or_else(|| Value::str(lan(context), number.span), |it| it.value.clone());
                lowered.body.set("host_network", network);
            }
        }
    }
    Some(lowered)
}

/// The name of the network that fixed ports are taken on, as the nodes' agents declare it.
pub(super) fn lan<'c>(context: Context<'c>) -> &'c str {
    context.lab.networks.first().map_or("lan", |network| network.name.as_str())
}

/// What each port of a service speaks, by its label, and the task that it stands in, unless that is the main one.
pub(super) fn spoken(body: &Body) -> Vec<(&str, Protocol, Option<&str>)> {
    let of_main = body.blocks("port").map(|block| (block, None));
    let of_others = tasks(body).flat_map(|task| {
        let name = task.label().map(|name| name.as_str());
        task.body.blocks("port").map(move |block| (block, name))
    });
    of_main
        .chain(of_others)
        .filter_map(|(block, task)| {
            let protocol = match block.body.str("protocol").map(|protocol| protocol.value) {
                Some("udp") => Protocol::Udp,
                Some("both") => Protocol::Both,
                _ => Protocol::Tcp,
            };
            Some((block.label()?.as_str(), protocol, task))
        })
        .collect()
}

/// The volumes that the group asks for; several tasks may mount the same one.
fn volumes(body: &Body, group: &mut Body, sink: &mut Sink) {
    let mut volumes: Vec<(Spanned<String>, bool)> = Vec::new();
    for block in bodies(body).flat_map(|body| body.blocks("volume")) {
        let (Some(label), Some(_)) = (block.label(), block.body.str("to")) else { continue };
        if !check_name("volume", label, NameKind::Volume, sink) {
            continue;
        }
        let read_only = block.body.bool("read-only").is_some_and(|read_only| read_only.value);
        match volumes.iter_mut().find(|(known, _)| known.value == label.value) {
            Some((_, all_read)) => *all_read &= read_only,
            None => volumes.push((label.clone(), read_only)),
        }
    }
    for (name, read_only) in volumes {
        let span = name.span;
        let mut block = Block::labelled("volume", name.clone(), span);
        block.body.set("type", Value::str("host", span));
        block.body.set("source", Value::str(name.value, span));
        if read_only {
            block.body.set("read_only", Value::bool(true, span));
        }
        group.blocks.push(block);
    }
}

/// One `service` block for each registered port, with the checks that are about it.
fn services(body: &Body, owner: Owner<'_>, context: Context<'_>, sink: &mut Sink) -> Vec<Block> {
    let mut services = Vec::with_capacity(owner.ports.len());
    for registered in owner.ports {
        let Some(name) = &registered.name else { continue };
        let span = registered.port.span;
        let mut block = Block::with_room("service", 3, span);
        block.body.set("name", Value::str(name.value.clone(), name.span));
        block.body.set("port", Value::str(registered.port.value.clone(), span));
        match body.attribute("provider") {
            Some(provider) => block.body.set("provider", provider.value.clone()),
            None if context.lab.discovery == Discovery::Nomad => {
                block.body.set("provider", Value::str("nomad", span));
            }
            None => {}
        }
        if let Some(tags) = registered.tags.as_ref().or_else(|| body.attribute("tags")) {
            block.body.attributes.push(Attribute { name: "tags".into(), ..tags.clone() });
        }
        services.push((registered.port.value.as_str(), block));
    }
    for (task, check) in checks(body, owner) {
        let place = check.label().map_or(check.span, |label| label.span);
        let named = check.body.str("port");
        let target = match named {
            Some(port) => services.iter_mut().find(|(label, _)| *label == port.value),
            None => services.first_mut(),
        };
        match (target, named) {
            (None, _) if owner.broken => {}
            (Some((_, service)), _) => {
                if let Some(check) = lower_check(check, task, context, sink) {
                    service.body.push(check);
                }
            }
            (None, Some(port)) => {
                if let Some(silent) = owner.ports.iter().find(|it| it.port.value == port.value) {
                    sink.push(no_port::not_registered("check", port.value, port.span, silent.port.span));
                } else {
                    let known = owner.ports.iter().filter(|port| port.name.is_some()).map(|port| port.port.as_str());
                    let owner = format!("`{}`", owner.name.value);
                    sink.push(unknown_member(&owner, "port", port.value, port.span, known));
                }
            }
            (None, None) => sink.push(no_port::no_port("check", owner.name, place)),
        }
    }
    services.iter_mut().for_each(|(_, service)| name_checks(service));
    services.into_iter().map(|(_, block)| block).collect()
}

/// Nomad gives all checks of a service the same name, and refuses two that have one.
fn name_checks(service: &mut Block) {
    let mut taken: Vec<String> = Vec::new();
    let several = service.body.blocks("check").count() > 1;
    for check in service.body.blocks.iter_mut().filter(|block| several && block.name == "check") {
        if check.body.attribute("name").is_some() {
            continue;
        }
        let about = check.body.str("path").or_else(|| check.body.str("command"));
        let kind = check.body.str("type").map_or("", |kind| kind.value);
        let plain = about.map_or_else(|| kind.to_owned(), |about| format!("{kind} {}", about.value));
        let again = taken.iter().filter(|name| **name == plain).count();
        let name = if again == 0 { plain.clone() } else { format!("{plain} {}", again + 1) };
        taken.push(plain);
        let span = check.span;
        check
            .body
            .attributes
            .insert(0, Attribute { name: "name".into(), name_span: span, value: Value::str(name, span) });
    }
}

/// The checks of all tasks with the name of their task.
fn checks<'b>(body: &'b Body, owner: Owner<'b>) -> impl Iterator<Item = (&'b str, &'b Block)> {
    let main = body.str("main-task").map_or(owner.name.as_str(), |name| name.value);
    let own = body.blocks("check").map(move |check| (main, check));
    own.chain(tasks(body).flat_map(|task| {
        let name = task.label().map_or("", |label| label.as_str());
        task.body.blocks("check").map(move |check| (name, check))
    }))
}

fn lower_check(check: &Block, task: &str, context: Context<'_>, sink: &mut Sink) -> Option<Block> {
    let kind = check.label()?;
    let span = kind.span;
    if !matches!(kind.as_str(), "http" | "https" | "tcp" | "grpc" | "script") {
        let known = ["http", "https", "tcp", "grpc", "script"];
        sink.push(unknown_reference("type of check", kind, span, known));
        return None;
    }
    let mut block = Block::with_room("check", 4, span);
    copy(&check.body, &mut block.body, &[("name", "name")]);
    let value = if kind.as_str() == "https" { "http" } else { kind.as_str() };
    block.body.set("type", Value::str(value, span));
    match kind.as_str() {
        "http" | "https" => {
            let path = check.body.str("path").unwrap_or(Spanned::new("/", span));
            if !files::is_url_path(path, sink) {
                return None;
            }
            block.body.set("path", Value::str(path.value, path.span));
            copy(&check.body, &mut block.body, &[("method", "method")]);
            if kind.as_str() == "https" {
                block.body.set("protocol", Value::str("https", span));
                block.body.set("tls_skip_verify", Value::bool(true, span));
            }
        }
        "script" | "grpc" => {
            if context.lab.discovery == Discovery::Nomad {
                sink.push(needs_consul(&format!("a check of type `{}`", kind.value), span));
                return None;
            }
            if kind.as_str() == "script" {
                block.body.set("task", Value::str(task, span));
                copy(&check.body, &mut block.body, &[("command", "command"), ("args", "args")]);
            }
        }
        _ => {}
    }
    for (name, default) in [("interval", "15s"), ("timeout", "5s")] {
        let value = check.body.attribute(name).map_or_else(|| Value::str(default, span), |value| value.value.clone());
        block.body.set(name, value);
    }
    if let Some(grace) = check.body.attribute("grace") {
        let mut restart = Block::new("check_restart", grace.value.span);
        restart.body.set("limit", Value::int(3, grace.value.span));
        restart.body.set("grace", grace.value.clone());
        block.body.push(restart);
    }
    Some(block)
}

/// Copies attributes under Nomad's names.
pub(super) fn copy(from: &Body, to: &mut Body, names: &[(&str, &'static str)]) {
    for (ours, theirs) in names {
        if let Some(attribute) = from.attribute(ours) {
            to.set(*theirs, attribute.value.clone());
        }
    }
}
