//! Files beside a manifest and files of the bundle, as templates that Nomad writes and mounts.

use super::{Context, Owner, group::copy};
use crate::diagnostic::{Diagnostic, Severity, Sink, nearest};
use crate::model::Role;
use crate::nomad::form::{Block, Body, Tag, Value, ValueKind};
use crate::resolve::codes::{
    bad_value::{self, bad_value},
    missing_file::missing_file,
    unknown_reference::unknown_reference,
};
use crate::resolve::{Expanded, bodies, is_absolute};
use crate::source::codes::path_outside_lab::path_outside_lab;
use crate::source::{AT_ONCE, ReadError, Span, Spanned, World, embedded, text};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The texts of the files that services name, by path from the lab's folder (or `hlmc:…`).
#[derive(Debug, Default)]
pub struct Assets {
    texts: BTreeMap<String, String>,
}

impl Assets {
    /// Takes in others, in place of those with the same path.
    pub fn add(&mut self, others: Self) {
        self.texts.extend(others.texts);
    }
}

/// A file that is mounted into a task: the template that writes it, and the mount.
pub(super) struct Mounted {
    pub(super) template: Block,
    /// Path below the task's folder, and the path inside the container.
    pub(super) source: String,
    pub(super) target: Spanned<String>,
}

/// Reads every file that a `file` or `template` of a service names. What can't be read is reported where it is named.
pub fn assets(services: &[Expanded], world: &dyn World, sink: &mut Sink) -> Assets {
    let mut named: BTreeMap<String, Vec<&Spanned<String>>> = BTreeMap::new();
    for service in services.iter().filter(|service| !service.core) {
        for block in bodies(&service.body).flat_map(|body| &body.blocks) {
            if matches!(&*block.name, "file" | "template")
                && let Some(source) = block.label()
                && let Some(path) = asset_path(&service.path, source, sink)
            {
                named.entry(path).or_default().push(source);
            }
        }
    }
    let mut texts: Vec<(Arc<str>, Spanned<String>)> = Vec::new();
    for service in services {
        quoted(&service.body, &mut |source| texts.push((service.path.clone(), source)));
    }
    for (manifest, source) in &texts {
        if let Some(path) = asset_path(manifest, source, sink) {
            named.entry(path).or_default().push(source);
        }
    }
    let files: OnceLock<Vec<String>> = OnceLock::new();
    let files = || files.get_or_init(|| world.files().into_iter().flatten().collect()).as_slice();
    let read: Vec<(Option<(String, String)>, Sink)> = named
        .into_iter()
        .collect::<Vec<_>>()
        .into_par_iter()
        .with_max_len(AT_ONCE)
        .map(|(path, sources)| {
            let mut sink = Sink::default();
            let text = sources.into_iter().find_map(|source| read(&path, source, world, files, &mut sink));
            (text.map(|text| (path, text)), sink)
        })
        .collect();
    Assets { texts: read.into_iter().filter_map(|(text, found)| sink.take(text, found)).collect() }
}

/// Calls `see` for every `(file)"…"` of a body.
fn quoted(body: &Body, see: &mut dyn FnMut(Spanned<String>)) {
    for attribute in &body.attributes {
        if let ValueKind::Tagged(Spanned { value: Tag::File, .. }, source) = &attribute.value.kind {
            see(Spanned::new(source.clone(), attribute.value.span));
        }
    }
    body.blocks.iter().for_each(|block| quoted(&block.body, see));
}

/// Puts the text of its file in the place of every `(file)"…"` of a job; one that can't be read is reported already.
pub(super) fn fill(body: &mut Body, manifest: &str, context: Context<'_>) {
    for attribute in &mut body.attributes {
        if let ValueKind::Tagged(Spanned { value: Tag::File, .. }, source) = &attribute.value.kind {
            let source = Spanned::new(source.clone(), attribute.value.span);
            let path = asset_path(manifest, &source, &mut Sink::default());
            let text = path.and_then(|path| context.assets.texts.get(&path).cloned());
            attribute.value.kind = ValueKind::Str(text.unwrap_or_default());
        }
    }
    body.blocks.iter_mut().for_each(|block| fill(&mut block.body, manifest, context));
}

/// The path of a file that a manifest names, from the lab's folder.
fn asset_path(manifest: &str, source: &Spanned<String>, sink: &mut Sink) -> Option<String> {
    let folder = manifest.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (scheme, folder) = folder.strip_prefix("hlmc:").map_or(("", folder), |folder| ("hlmc:", folder));
    let mut path = String::with_capacity(manifest.len() + source.len());
    path.push_str(scheme);
    folder.split('/').for_each(|part| below(&mut path, scheme, part));
    let mut inside = !source.starts_with('/');
    for part in source.split('/') {
        match part {
            "." => {}
            ".." if path.len() == scheme.len() => inside = false,
            ".." => path.truncate(path.rfind('/').unwrap_or(scheme.len())),
            part => below(&mut path, scheme, part),
        }
    }
    if !inside || source.contains('\0') {
        sink.push(path_outside_lab(source, source.span));
        return None;
    }
    Some(path)
}

/// Adds a part to a path, which begins with a scheme.
fn below(path: &mut String, scheme: &str, part: &str) {
    if !part.is_empty() {
        path.push_str(if path.len() == scheme.len() { "" } else { "/" });
        path.push_str(part);
    }
}

/// Reads one file; `files` are all that the lab has.
fn read<'f>(
    path: &str,
    source: &Spanned<String>,
    world: &dyn World,
    files: impl Fn() -> &'f [String],
    sink: &mut Sink,
) -> Option<String> {
    let bytes = match path.strip_prefix("hlmc:") {
        Some(path) => embedded(path).map(|file| file.bytes.to_vec()).ok_or(ReadError::NotFound),
        None => world.read(path),
    };
    if bytes == Err(ReadError::NotFound) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = files().iter().filter_map(|file| {
            let (other, name) = file.rsplit_once('/')?;
            (other == folder).then_some(name)
        });
        sink.push(missing_file(path, source, nearest(source, beside)));
        return None;
    }
    let text = text(path, bytes, source.span, sink)?;
    // The kernel takes the carriage return for a part of the program's name.
    if text.starts_with("#!") && text.lines().next().is_some_and(|line| text[line.len()..].starts_with('\r')) {
        let message = format!("the lines of script `{}` end as on Windows", source.escape_debug());
        let label = "no program has a carriage return in its name";
        let mut diagnostic = Diagnostic::new(&bad_value::CODE, message, source.span, label);
        diagnostic.severity = Severity::Warning;
        sink.push(diagnostic.help(format!("`sed -i 's/\\r$//' {path}` takes the carriage returns away")));
    }
    Some(text)
}

/// Lowers the `file`, `template` and `generated` blocks of a task.
pub(super) fn lower(task: &Body, owner: Owner<'_>, context: Context<'_>, sink: &mut Sink) -> Vec<Mounted> {
    let mut mounted: Vec<Mounted> = Vec::new();
    for block in &task.blocks {
        let (Some(source), Some(target)) = (block.label(), block.body.str("to")) else { continue };
        let rendered = match &*block.name {
            "template" => true,
            "file" => false,
            "generated" => source.ends_with(".ctmpl"),
            _ => continue,
        };
        let target = target.map(str::to_owned);
        // A folder where a file goes has a message of its own.
        if target.ends_with('/') || !is_absolute(&target, sink) {
            continue;
        }
        let Some(value) = contents(block, source, owner, context, sink) else { continue };
        mounted.push(mount(block, value, rendered, target));
    }
    mounted
}

/// The files that services can mount from the bundle, with the integration that has them written.
const GENERATED: [(&str, Role, &str); 2] =
    [("monitoring/prometheus.yml", Role::Monitoring, "prometheus"), ("proxy/Caddyfile", Role::ReverseProxy, "caddy")];

/// Reports a file that the bundle doesn't have.
fn is_generated(source: &Spanned<String>, context: Context<'_>, sink: &mut Sink) -> bool {
    let path = source.trim_end_matches(".ctmpl");
    let Some((_, role, provider)) = GENERATED.iter().find(|(known, ..)| *known == path) else {
        let known = GENERATED.iter().map(|(known, ..)| *known);
        sink.push(unknown_reference("generated file", source, source.span, known));
        return false;
    };
    let written = context.lab.provider(*role).is_some_and(|chosen| chosen.name.value == *provider);
    if !written {
        let help = format!("add `{} \"{provider}\"` to `lab.kdl`", role.name());
        sink.push(unknown_reference("generated file", source, source.span, []).help(help));
    }
    written
}

fn contents(
    block: &Block,
    source: &Spanned<String>,
    owner: Owner<'_>,
    context: Context<'_>,
    sink: &mut Sink,
) -> Option<ValueKind> {
    if block.name == "generated" {
        return is_generated(source, context, sink).then(|| ValueKind::Artifact(source.value.clone()));
    }
    // Where the path is wrong, `assets` has said so.
    let path = asset_path(owner.path, source, &mut Sink::default())?;
    let text = context.assets.texts.get(&path)?;
    if block.name == "template" {
        return owner.parameters.fill_text(text, source.span, sink).map(ValueKind::Str);
    }
    Some(ValueKind::Str(text.clone()))
}

/// Nomad replaces a rendered file by renaming: a container that has the file itself mounted keeps the old one. With
/// `restart` the container is made anew; with `signal` and `noop` the folder is mounted instead.
fn mount(block: &Block, contents: ValueKind, rendered: bool, mut target: Spanned<String>) -> Mounted {
    let span = target.span;
    let change = block.body.str("change").map_or("restart", |change| change.value);
    let mut source = ["local/files", &target].concat();
    let mut template = Block::with_room("template", 4, span);
    let verbatim = match &contents {
        ValueKind::Str(text) if !rendered => Some(delimiters(text)),
        ValueKind::Artifact(_) if !rendered => Some(delimiters("{{")),
        _ => None,
    };
    template.body.set("destination", Value::str(source.as_str(), span));
    if change != "restart" {
        template.body.set("change_mode", Value::str(change, span));
    }
    copy(&block.body, &mut template.body, &[("signal", "change_signal"), ("mode", "perms")]);
    if let Some((left, right)) = verbatim.filter(|(left, _)| left != "{{") {
        template.body.set("left_delimiter", Value::str(left, span));
        template.body.set("right_delimiter", Value::str(right, span));
    }
    // Nomad takes an empty text for none at all.
    let contents = match contents {
        ValueKind::Str(text) if text.is_empty() => ValueKind::Str("{{ \"\" }}".to_owned()),
        other => other,
    };
    // What is wrong in the file is told where it is named.
    let named = block.label().map_or(span, |label| label.span);
    template.body.set("data", Value { kind: contents, span: named });
    let folder = target.rfind('/').filter(|end| *end > 0 && change != "restart");
    if let Some(end) = folder {
        source.truncate(source.len() - target.len() + end);
        target.value.truncate(end);
    }
    Mounted { template, source, target }
}

/// Template delimiters that don't occur in a text, so that nothing in it is rendered.
fn delimiters(text: &str) -> (String, String) {
    if !text.contains("{{") {
        return ("{{".into(), "}}".into());
    }
    let mut mark = String::from("hlmc");
    while text.contains(&format!("<<{mark}")) {
        mark.push('-');
    }
    (format!("<<{mark}"), format!("{mark}>>"))
}

/// Reports a text that isn't the path of a URL.
pub(super) fn is_url_path(path: Spanned<&str>, sink: &mut Sink) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%!$&'()+,;=:@?*".contains(&b);
    let fits = path.value.starts_with('/') && path.value.bytes().all(plain);
    if !fits {
        sink.push(
            bad_value(path.value, "the path of a URL, such as `/healthz`", path.span)
                .help("start it with `/`, and write blanks and other characters as `%20` and the like"),
        );
    }
    fits
}

/// The place of a mounted file's target, for whoever mounts it.
impl Mounted {
    pub(super) fn span(&self) -> Span {
        self.target.span
    }
}
