//! `file-out-of-reach`: a file that Nomad writes where the container doesn't see it, or that a container wants and nothing writes.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts, lies_in};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::Service;
use crate::nomad::form::{Block, Body, ValueKind};
use crate::source::{Span, Spanned};
use std::cell::LazyCell;

code!(Warning, "file-out-of-reach", "file_out_of_reach.md", "a file that the container doesn't see");

/// The folders of a task that its container sees.
const SEEN: [&str; 3] = ["local", "secrets", "alloc"];

/// Reports, once for each task, files that are written elsewhere, and files that are mounted and that nothing writes.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let service = of.service;
    for group in service.job.body.blocks("group") {
        for task in group.body.blocks("task") {
            let docker = task.body.str("driver").is_some_and(|driver| driver.value == "docker");
            let found = docker.then(|| hidden(service, task).or_else(|| missing(service, task))).flatten();
            if let Some(diagnostic) = found {
                sink.push(match brought_in(analysis.lab, service, diagnostic.primary.span) {
                    Some(place) => diagnostic.also(place, "brought in here"),
                    None => diagnostic,
                });
            }
        }
    }
}

/// A path in the folder of a task, as Nomad takes it: also what starts with `/` lies there.
fn inside(path: &str) -> &str {
    path.trim_start_matches("./").trim_start_matches('/')
}

/// Paths below the task's folder that its container mounts.
fn mounted(task: &Block) -> Vec<Spanned<&str>> {
    let Some(config) = task.body.block("config").map(|config| &config.body) else { return Vec::new() };
    let mut found: Vec<Spanned<&str>> = Vec::new();
    for text in config.strings("volumes") {
        let source = text.value.split(':').next().unwrap_or_default();
        found.push(Spanned::new(source, text.span));
    }
    found.extend(config.blocks("mount").filter_map(|mount| mount.body.str("source")));
    for name in ["mount", "mounts"] {
        let Some(ValueKind::List(maps)) = config.attribute(name).map(|it| &it.value.kind) else { continue };
        for map in maps {
            let ValueKind::Map(entries) = &map.kind else { continue };
            let source = entries.iter().find(|(key, _)| key.value == "source");
            if let Some((_, ValueKind::Str(text), span)) = source.map(|(key, value)| (key, &value.kind, value.span)) {
                found.push(Spanned::new(text.as_str(), span));
            }
        }
    }
    found
}

/// A template whose file lies where the container sees nothing.
fn hidden(service: &Service, task: &Block) -> Option<Diagnostic> {
    let mounted = LazyCell::new(|| mounted(task));
    let is_hidden = |target: &Spanned<&str>| {
        let path = inside(target.value);
        let first = path.split('/').next().unwrap_or_default();
        let seen = SEEN.contains(&first) || path.starts_with("..") || path.contains("${");
        !seen && !mounted.iter().any(|source| source.contains("${") || lies_in(path, inside(source.value)))
    };
    let is_env = |block: &&Block| block.body.bool("env").is_some_and(|env| env.value);
    let files = task.body.blocks("template").filter(|block| !is_env(block));
    let target = files.filter_map(|block| block.body.str("destination")).find(is_hidden)?;
    let shown = target.escape_debug();
    let message = format!("`{}` writes `{shown}` where its container doesn't see it", service.name.value);
    let diagnostic = Diagnostic::new(&CODE, message, target.span, "in the task's folder, and not in the container");
    let name = target.rsplit('/').next().unwrap_or_default();
    Some(diagnostic.help(if target.starts_with('/') {
        format!("write it to `local/{name}`, and mount it in `config`: `volumes = [\"local/{name}:{shown}\"]`")
    } else {
        format!("write it to `local/{shown}`, which the container has as `/local/{shown}`")
    }))
}

/// A file of the task's folder that is mounted and that nothing puts there: Docker makes an empty folder of that name.
fn missing(service: &Service, task: &Block) -> Option<Diagnostic> {
    let body = &task.body;
    if body.block("artifact").is_some() || body.block("dispatch_payload").is_some() {
        return None;
    }
    let written: Vec<&str> = body.blocks("template").filter_map(|it| destination(&it.body)).collect();
    if written.iter().any(|path| path.contains("${")) {
        return None;
    }
    let is_file = |path: &str| path.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
    let lost = mounted(task).into_iter().find(|source| {
        let path = inside(source.value);
        let own = !source.starts_with('/') && (path.starts_with("local/") || path.starts_with("secrets/"));
        own && is_file(path) && !written.iter().any(|target| lies_in(inside(target), path))
    })?;
    let shown = lost.escape_debug();
    let message = format!("`{}` mounts `{shown}`, which nothing writes", service.name.value);
    let span: Span = lost.span;
    let diagnostic = Diagnostic::new(&CODE, message, span, "an empty folder unless something writes it");
    Some(diagnostic.help(match nearest(lost.value, written.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add a `template` with `destination = \"{shown}\"`"),
    }))
}

fn destination(body: &Body) -> Option<&str> {
    body.str("destination").map(|text| text.value)
}
