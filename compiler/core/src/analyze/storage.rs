//! What the tasks of a group keep where: volumes and paths, with what is known of the image that uses them.

use super::image::{Kept, kept};
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::source::{Span, Spanned};

/// A folder of a container that lies outside of it.
#[derive(Clone, Debug)]
pub struct Used<'l> {
    /// The task's image; empty where it has none.
    pub image: &'l str,
    /// Where it is inside the container.
    pub folder: &'l str,
    /// Where it comes from.
    pub source: Source<'l>,
    /// Never written to.
    pub read_only: bool,
    /// Who the task runs as, where that is said.
    pub user: Option<&'l str>,
    /// Where it is written.
    pub span: Span,
    /// The data that the image keeps there.
    pub kept: Vec<&'static Kept>,
}

/// Where a folder of a container comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'l> {
    /// A host volume with this name.
    Host(&'l str),
    /// A volume of a storage plugin with this name.
    Csi(&'l str),
    /// A path of the node.
    Path(&'l str),
    /// A file system of this type that Docker mounts by itself.
    Docker(&'l str),
}

/// What the tasks of a group use, in their order.
pub(super) fn used(group: &Block) -> Vec<Used<'_>> {
    let tasks = || group.body.blocks("task");
    // They are kept for as long as the group is, and paths beside them are rare.
    let mut found = Vec::with_capacity(tasks().flat_map(|task| task.body.blocks("volume_mount")).count());
    for task in tasks() {
        let config = task.body.block("config");
        let image = config.and_then(|config| config.body.str("image")).map_or("", |image| image.value);
        let user = task.body.str("user").map(|user| user.value);
        let from = found.len();
        volumes(group, task, &mut |folder, source, read_only, span| {
            found.push(Used { image, folder, source, read_only, user, span, kept: Vec::new() });
        });
        if let Some(config) = config {
            binds(&config.body, &mut |folder, source, read_only, span| {
                found.push(Used { image, folder, source, read_only, user, span, kept: Vec::new() });
            });
        }
        let known: Vec<&'static Kept> = kept(image).filter(|kept| !elsewhere(task, kept)).collect();
        for used in &mut found[from..] {
            used.kept = known.iter().copied().filter(|kept| holds(used.folder, kept)).collect();
        }
    }
    found
}

/// Takes a folder, where it comes from, whether it is only read, and its place.
type Add<'a, 'l> = &'a mut dyn FnMut(&'l str, Source<'l>, bool, Span);

/// Volumes of the group that a task mounts.
fn volumes<'l>(group: &'l Block, task: &'l Block, add: Add<'_, 'l>) {
    for mount in task.body.blocks("volume_mount") {
        let (Some(label), Some(folder)) = (mount.body.str("volume"), mount.body.str("destination")) else { continue };
        let named = |volume: &&Block| volume.label().is_some_and(|it| it.value == label.value);
        let Some(volume) = group.body.blocks("volume").find(named) else { continue };
        let Some(source) = volume.body.str("source") else { continue };
        let read_only = [&mount.body, &volume.body].iter().any(|body| is_true(body, "read_only"));
        let source_of = match volume.body.str("type").map(|kind| kind.value) {
            Some("csi") => Source::Csi(source.value),
            _ => Source::Host(source.value),
        };
        add(folder.value, source_of, read_only, source.span);
    }
}

fn is_true(body: &Body, name: &str) -> bool {
    body.bool(name).is_some_and(|truth| truth.value)
}

/// Paths of the node, and what Docker mounts by itself.
fn binds<'l>(config: &'l Body, add: Add<'_, 'l>) {
    for block in config.blocks("mount") {
        let Some(target) = block.body.str("target").or_else(|| block.body.str("destination")) else { continue };
        let read_only = is_true(&block.body, "readonly");
        let source = block.body.str("source").filter(|source| source.value.starts_with('/'));
        if let (Some(source), Some("bind")) = (source, block.body.str("type").map(|kind| kind.value)) {
            add(target.value, Source::Path(source.value), read_only, source.span);
        } else if let Some(kind) = driver_type(&block.body) {
            add(target.value, Source::Docker(kind.value), read_only, kind.span);
        }
    }
    let maps = match config.attribute("mount").or_else(|| config.attribute("mounts")).map(|it| &it.value.kind) {
        Some(ValueKind::List(maps)) => maps.as_slice(),
        _ => &[],
    };
    for map in maps {
        let read_only = member(map, "readonly").is_some_and(|value| value.kind == ValueKind::Bool(true));
        let text = |name: &str| member(map, name).and_then(text_of);
        if let (Some("bind"), Some(source), Some(target)) = (text("type"), text("source"), text("target"))
            && source.starts_with('/')
        {
            add(target, Source::Path(source), read_only, map.span);
        }
    }
    for volume in config.attribute("volumes").into_iter().flat_map(|it| elements(&it.value)) {
        let Some(text) = text_of(volume) else { continue };
        let mut parts = text.split(':');
        if let (Some(source), Some(target)) = (parts.next(), parts.next())
            && source.starts_with('/')
        {
            let read_only = parts.next().is_some_and(|options| options.split(',').any(|option| option == "ro"));
            add(target, Source::Path(source), read_only, volume.span);
        }
    }
}

fn elements(value: &Value) -> &[Value] {
    match &value.kind {
        ValueKind::List(list) => list,
        _ => &[],
    }
}

fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let ValueKind::Map(entries) = &value.kind else { return None };
    entries.iter().find(|(key, _)| key.value == name).map(|(_, value)| value)
}

fn text_of(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Str(text) => Some(text),
        _ => None,
    }
}

/// The type of file system in the options of a volume that Docker mounts.
fn driver_type(mount: &Body) -> Option<Spanned<&str>> {
    let options = &mount.block("volume_options")?.body.block("driver_config")?.body;
    if let Some(block) = options.block("options") {
        return block.body.str("type");
    }
    let value = &options.attribute("options")?.value;
    let maps = if matches!(value.kind, ValueKind::Map(_)) { std::slice::from_ref(value) } else { elements(value) };
    let kind = maps.iter().find_map(|map| member(map, "type"))?;
    text_of(kind).map(|text| Spanned::new(text, kind.span))
}

/// Whether a task has a variable with which its image keeps the data elsewhere.
fn elsewhere(task: &Block, kept: &Kept) -> bool {
    kept.unless.iter().any(|name| {
        let set = task.body.blocks("env").any(|env| env.body.attribute(name).is_some());
        let mut texts = task.body.blocks("template").filter_map(|template| template.body.str("data"));
        set || texts.any(|text| text.value.contains(name.as_str()))
    })
}

/// Whether the data is in a folder: at it, or below it.
fn holds(folder: &str, kept: &Kept) -> bool {
    let folder = folder.trim_end_matches('/');
    !folder.is_empty() && kept.folders.iter().any(|known| super::lies_in(known, folder))
}
