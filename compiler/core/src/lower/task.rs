//! The tasks of a group: driver configuration, environment, files, resources.

use super::codes::missing_image::missing_image;
use super::files::{self, Mounted};
use super::group::{copy, named};
use super::job::{Found, job_type};
use super::{Context, Owner, env, value};
use crate::decode::units::size;
use crate::diagnostic::Sink;
use crate::model::few;
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::nomad::tables;
use crate::resolve::codes::bad_value::bad_value;
use crate::resolve::{NameKind, check_name, is_absolute, text};
use crate::source::{Span, Spanned};

/// Memory in MiB of a task that says nothing: Nomad's own.
const MEMORY: i64 = 300;
const MIB: i64 = 1 << 20;

/// The main task, named like the service.
pub(super) fn main(
    body: &mut Body,
    owner: Owner<'_>,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Block {
    let name = named(body, "main-task", owner.name, sink);
    let mut task = lower(name, body, owner, context, found, sink);
    overlaid(body, &mut task.body);
    task
}

/// Lays what a task says in Nomad's own words over what is generated.
fn overlaid(body: &mut Body, task: &mut Body) {
    if let Some(over) = body.take_block("nomad-task") {
        let ty = job_type().and_then(|job| job.block("group")).and_then(|group| group.block("task"));
        task.merge(over.body, ty);
    }
}

/// A `task`, `sidecar` or `init` block.
pub(super) fn extra(
    block: &mut Block,
    owner: Owner<'_>,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Option<Block> {
    let name = block.label()?.clone();
    if !check_name("task", &name, NameKind::Job, sink) {
        return None;
    }
    let mut task = lower(name, &mut block.body, owner, context, found, sink);
    if block.name != "task" {
        let mut lifecycle = Block::new("lifecycle", block.span);
        lifecycle.body.set("hook", Value::str("prestart", block.span));
        lifecycle.body.set("sidecar", Value::bool(block.name == "sidecar", block.span));
        task.body.blocks.insert(0, lifecycle);
    }
    overlaid(&mut block.body, &mut task.body);
    Some(task)
}

fn lower(
    name: Spanned<String>,
    body: &mut Body,
    owner: Owner<'_>,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Block {
    let span = name.span;
    value::check_task(body, sink);
    let driver = body.str("driver").unwrap_or(Spanned::new("docker", span)).map(str::to_owned);
    let mut quiet = Sink::default();
    let files = files::lower(body, owner, context, sink);
    let mut config = config(&name, body, &driver, owner.network, if owner.broken { &mut quiet } else { sink });
    mounts(body, &driver, &files, &mut config.body, sink);
    if let Some(over) = body.take_block("config") {
        let ty = tables::language(&format!("driver-{}", driver.value)).map(|language| language.root);
        config.body.merge(over.body, ty);
    }
    let mut task = Block::labelled("task", name, span);
    task.body.attributes.reserve_exact(3);
    task.body.set("driver", Value::str(driver.value, driver.span));
    give(body, &mut task.body, &[("user", "user"), ("kill-timeout", "kill_timeout"), ("kill-signal", "kill_signal")]);
    // As many as most tasks have: one of each kind.
    task.body.blocks.reserve_exact(5 + files.len());
    task.body.blocks.push(config);
    task.body.blocks.extend(body.take_block("env").filter(|env| !env.body.attributes.is_empty()));
    volume_mounts(body, &mut task.body, sink);
    task.body.blocks.extend(resources(body, span, sink));
    env::resolve_task(&mut task.body, None, context, found, sink);
    task.body.blocks.extend(files.into_iter().map(|file| file.template));
    task
}

/// Hands values over under Nomad's names; they are null from then on.
fn give(from: &mut Body, to: &mut Body, names: &[(&str, &'static str)]) {
    for (ours, theirs) in names {
        if let Some(attribute) = from.attributes.iter_mut().find(|attribute| attribute.name == *ours) {
            let value = &mut attribute.value;
            to.set(*theirs, Value { kind: std::mem::replace(&mut value.kind, ValueKind::Null), span: value.span });
        }
    }
}

fn is_container(driver: &str) -> bool {
    matches!(driver, "docker" | "podman")
}

fn config(
    name: &str,
    body: &mut Body,
    driver: &Spanned<String>,
    network: Option<Spanned<&str>>,
    sink: &mut Sink,
) -> Block {
    let mut config = Block::with_room("config", 3, driver.span);
    match body.attribute("image") {
        Some(image) => config.body.set("image", image.value.clone()),
        None if is_container(driver) && body.block("config").is_none_or(|it| it.body.attribute("image").is_none()) => {
            sink.push(missing_image(name, driver, driver.span));
        }
        None => {}
    }
    give(body, &mut config.body, &[("command", "command"), ("args", "args"), ("privileged", "privileged")]);
    if is_container(driver) {
        match network {
            Some(mode) if matches!(mode.value, "host" | "none") => {
                config.body.set("network_mode", Value::str(mode.value, mode.span));
            }
            Some(_) => {}
            None => {
                let ports = || body.blocks("port").filter_map(Block::label);
                if let Some(first) = ports().next() {
                    let names = few(ports().map(|port| Value::str(port.as_str(), first.span)));
                    config.body.set("ports", Value { kind: ValueKind::List(names), span: first.span });
                }
            }
        }
    }
    config
}

/// Files and paths of the node, mounted into a container. Other drivers see files in their task's folder.
fn mounts(body: &Body, driver: &str, files: &[Mounted], config: &mut Body, sink: &mut Sink) {
    if !is_container(driver) {
        return;
    }
    let mut targets: Vec<&str> = Vec::new();
    for file in files {
        if !targets.contains(&file.target.as_str()) {
            targets.push(&file.target);
            config.push(bind((&file.source, file.span()), &file.target, Some(true)));
        }
    }
    for block in body.blocks("mount") {
        let (Some(source), Some(target)) = (block.label(), text(&block.body, "to")) else { continue };
        if is_absolute(source, sink) & is_absolute(&target, sink) {
            let read_only = block.body.bool("read-only").map(|read_only| read_only.value);
            config.push(bind((source, source.span), &target, read_only));
        }
    }
}

fn bind((source, span): (&str, Span), target: &Spanned<String>, read_only: Option<bool>) -> Block {
    let mut mount = Block::with_room("mount", 4, span);
    mount.body.set("type", Value::str("bind", span));
    mount.body.set("source", Value::str(source, span));
    mount.body.set("target", Value::str(target.as_str(), target.span));
    if let Some(read_only) = read_only {
        mount.body.set("readonly", Value::bool(read_only, span));
    }
    mount
}

fn volume_mounts(body: &Body, task: &mut Body, sink: &mut Sink) {
    for block in body.blocks("volume") {
        let (Some(name), Some(target)) = (block.label(), text(&block.body, "to")) else { continue };
        if !is_absolute(&target, sink) {
            continue;
        }
        let mut mount = Block::new("volume_mount", name.span);
        mount.body.set("volume", Value::str(name.value.clone(), name.span));
        mount.body.set("destination", Value::str(target.value, target.span));
        copy(&block.body, &mut mount.body, &[("read-only", "read_only")]);
        task.blocks.push(mount);
    }
}

/// What is asked for; what isn't is Nomad's to say.
fn resources(body: &Body, span: Span, sink: &mut Sink) -> Option<Block> {
    let empty = Body::default();
    let written = body.block("resources");
    let (written, span) = written.map_or((&empty, span), |block| (&block.body, block.span));
    let mut resources = Block::with_room("resources", 3, span);
    copy(written, &mut resources.body, &[("cores", "cores"), ("cpu", "cpu")]);
    let memory = written.int("memory");
    if let Some(memory) = memory {
        resources.body.set("memory", mebibytes(memory));
    }
    if let Some(most) = written.int("memory-max").filter(|most| is_most(*most, memory, sink)) {
        resources.body.set("memory_max", mebibytes(most));
    }
    for device in body.blocks("device") {
        let Some(name) = device.label() else { continue };
        let mut block = Block::labelled("device", name.clone(), name.span);
        copy(&device.body, &mut block.body, &[("count", "count")]);
        resources.body.push(block);
    }
    let says = !resources.body.attributes.is_empty() || !resources.body.blocks.is_empty();
    says.then_some(resources)
}

/// Whether memory may grow to `most`. Nomad refuses less than what the task is placed by: where that was raised over what a preset or
/// an entry of the catalogue says, their limit no longer counts; where both are written together, one is wrong.
fn is_most(most: Spanned<i64>, memory: Option<Spanned<i64>>, sink: &mut Sink) -> bool {
    let placed = memory.map_or(MEMORY * MIB, |memory| memory.value);
    let fits = placed <= most.value;
    if !fits && memory.is_none_or(|memory| memory.span.file == most.span.file) {
        let diagnostic = bad_value(&size(most.value), "at least as much as `memory`", most.span);
        sink.push(match memory {
            Some(memory) => {
                diagnostic.also(memory.span, "`memory` is more").help("leave `memory-max` out, or raise it")
            }
            None => diagnostic.help(format!("give `memory` too: it is {MEMORY}MiB unless given")),
        });
    }
    fits
}

/// Bytes as Nomad counts memory, rounded up.
fn mebibytes(bytes: Spanned<i64>) -> Value {
    Value { kind: ValueKind::Int(bytes.value.saturating_add(MIB - 1) / MIB), span: bytes.span }
}
