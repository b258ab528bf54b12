//! The tasks of a group: driver configuration, environment, files, resources.

use super::codes::missing_image::missing_image;
use super::files::{self, Mounted};
use super::group::{copy, named};
use super::job::{Found, job_type};
use super::{Context, env, value};
use crate::decode::units::size;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::nomad::tables;
use crate::resolve::codes::bad_value::bad_value;
use crate::resolve::{Expanded, NameKind, check_name, is_absolute, text};
use crate::source::{Span, Spanned};

/// Memory in MiB of a task that says nothing: Nomad's own.
const MEMORY: i64 = 300;
const MIB: i64 = 1 << 20;

/// The main task, named like the service.
pub(super) fn main(expanded: &Expanded, context: Context<'_>, found: &mut Found, sink: &mut Sink) -> Block {
    let name = named(&expanded.body, "main-task", &expanded.name, sink);
    let networked = expanded.body.str("network").map(|mode| mode.value.to_owned());
    let mut task = lower(&name, &expanded.body, networked.as_deref(), expanded, context, found, sink);
    overlaid(&expanded.body, &mut task.body);
    task
}

/// Lays what a task says in Nomad's own words over what is generated.
fn overlaid(body: &Body, task: &mut Body) {
    if let Some(over) = body.block("nomad-task") {
        let ty = job_type().and_then(|job| job.block("group")).and_then(|group| group.block("task"));
        task.merge(over.body.clone(), ty);
    }
}

/// A `task`, `sidecar` or `init` block.
pub(super) fn extra(
    block: &Block,
    expanded: &Expanded,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Option<Block> {
    let name = block.label()?;
    if !check_name("task", name, NameKind::Job, sink) {
        return None;
    }
    let networked = expanded.body.str("network").map(|mode| mode.value.to_owned());
    let mut task = lower(name, &block.body, networked.as_deref(), expanded, context, found, sink);
    if block.name != "task" {
        let mut lifecycle = Block::new("lifecycle", block.span);
        lifecycle.body.set("hook", Value::str("prestart", block.span));
        lifecycle.body.set("sidecar", Value::bool(block.name == "sidecar", block.span));
        task.body.blocks.insert(0, lifecycle);
    }
    overlaid(&block.body, &mut task.body);
    Some(task)
}

fn lower(
    name: &Spanned<String>,
    body: &Body,
    network: Option<&str>,
    expanded: &Expanded,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Block {
    let span = name.span;
    value::check_task(body, sink);
    let mut task = Block::labelled("task", name.clone(), span);
    let driver = text(body, "driver").unwrap_or_else(|| Spanned::new("docker".into(), span));
    task.body.set("driver", Value::str(driver.value.clone(), driver.span));
    copy(body, &mut task.body, &[("user", "user"), ("kill-timeout", "kill_timeout"), ("kill-signal", "kill_signal")]);
    let mut quiet = Sink::default();
    let files = files::lower(body, expanded, context, sink);
    let mut config = config(name, body, &driver, network, if expanded.broken { &mut quiet } else { sink });
    mounts(body, &driver, &files, &mut config.body, sink);
    if let Some(over) = body.block("config") {
        let ty = tables::language(&format!("driver-{}", driver.value)).map(|language| language.root);
        config.body.merge(over.body.clone(), ty);
    }
    task.body.blocks.push(config);
    if let Some(env) = body.block("env").filter(|env| !env.body.attributes.is_empty()) {
        task.body.blocks.push(env.clone());
    }
    volume_mounts(body, &mut task.body, sink);
    task.body.blocks.extend(resources(body, span, sink));
    env::resolve_task(&mut task.body, None, context, found, sink);
    task.body.blocks.extend(files.into_iter().map(|file| file.template));
    task
}

fn is_container(driver: &str) -> bool {
    matches!(driver, "docker" | "podman")
}

fn config(name: &str, body: &Body, driver: &Spanned<String>, network: Option<&str>, sink: &mut Sink) -> Block {
    let mut config = Block::new("config", driver.span);
    match body.attribute("image") {
        Some(image) => config.body.set("image", image.value.clone()),
        None if is_container(driver) && body.block("config").is_none_or(|it| it.body.attribute("image").is_none()) => {
            sink.push(missing_image(name, driver, driver.span));
        }
        None => {}
    }
    copy(body, &mut config.body, &[("command", "command"), ("args", "args"), ("privileged", "privileged")]);
    if is_container(driver) {
        match network {
            Some(mode @ ("host" | "none")) => config.body.set("network_mode", Value::str(mode, driver.span)),
            Some(_) => {}
            None => {
                let ports: Vec<_> = body.blocks("port").filter_map(Block::label).collect();
                if let Some(first) = ports.first() {
                    let names = ports.iter().map(|port| port.value.clone());
                    config.body.set("ports", Value::strings(names, first.span));
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
            config.blocks.push(bind((&file.source, file.span()), &file.target, Some(true)));
        }
    }
    for block in body.blocks("mount") {
        let (Some(source), Some(target)) = (block.label(), text(&block.body, "to")) else { continue };
        if is_absolute(source, sink) & is_absolute(&target, sink) {
            let read_only = block.body.bool("read-only").map(|read_only| read_only.value);
            config.blocks.push(bind((source, source.span), &target, read_only));
        }
    }
}

fn bind((source, span): (&str, Span), target: &Spanned<String>, read_only: Option<bool>) -> Block {
    let mut mount = Block::new("mount", span);
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
    let mut resources = Block::new("resources", span);
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
        resources.body.blocks.push(block);
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
