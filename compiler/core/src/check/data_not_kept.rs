//! `data-not-kept`: a database in a folder of the container, which goes with it.

use super::brought_in;
use crate::analyze::{Analysis, Kept, ServiceFacts, kept, lies_in};
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::nomad::form::{Block, Body, ValueKind};
use crate::source::Spanned;

code!(Warning, "data-not-kept", "data_not_kept.md", "a database that goes with its container");

/// Reports databases that no volume holds, once for each task.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let (service, group) = (of.service, facts.block);
        if !matches!(service.kind.as_str(), "service" | "system") {
            continue;
        }
        for task in group.body.blocks("task").filter(|task| runs_its_image(task)) {
            let Some(image) = task.body.block("config").and_then(|config| config.body.str("image")) else { continue };
            let postgres = postgres(image.value);
            if kept(image.value).next().is_none() && postgres.is_none() {
                continue;
            }
            let targets = targets(task);
            if let Some(diagnostic) = postgres.and_then(|major| moved_folder(image, major, task, &targets)) {
                sink.push(diagnostic);
                continue;
            }
            let Some(lost) = kept(image.value).find(|kept| is_lost(task, kept, &targets)) else { continue };
            let (name, folder) = (&service.name.value, folder(image.value, lost));
            let message = format!("`{name}` keeps {} in its container, and loses it when that is replaced", lost.what);
            let mut diagnostic = Diagnostic::new(&CODE, message, image.span, "this image keeps it");
            // Without any volume it may be meant; whoever has one meant to keep what is there.
            if targets.is_empty() {
                diagnostic.severity = Severity::Advice;
            }
            if let Some(target) = targets.first() {
                diagnostic = diagnostic.also(target.span, "nothing of it is here");
            }
            if let Some(place) = brought_in(analysis.lab, service, image.span) {
                diagnostic = diagnostic.also(place, "brought in here");
            }
            sink.push(diagnostic.help(if !targets.is_empty() {
                format!("mount a volume at `{folder}`")
            } else if service.manifest.ends_with(".kdl") {
                format!("put a volume at `{folder}`: `volume \"{name}\" to=\"{folder}\"`, which a node offers with `host-volume`")
            } else {
                format!("give the group a `volume`, and the task a `volume_mount` with `destination = \"{folder}\"`")
            }));
        }
    }
}

/// Where an image keeps its data: PostgreSQL's up to 17 a folder further down than later ones.
fn folder(image: &str, kept: &'static Kept) -> &'static str {
    let old = major(image).is_some_and(|major| major < 18);
    let below = kept.folders.iter().find(|folder| old && folder.ends_with("postgresql/data"));
    below.or(kept.folders.first()).map_or("", String::as_str)
}

/// The first number of an image's tag.
fn major(image: &str) -> Option<u32> {
    let (_, tag) = image.rsplit_once(':')?;
    tag.split(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty())?.parse().ok()
}

/// Up to 17 the image puts a volume of its own over the folder of the data, which Nomad removes with the container.
fn covered(image: Spanned<&str>, target: Spanned<&str>) -> Diagnostic {
    let message = format!(
        "`{}` keeps its data in a volume of the container's own below `{}`, and loses it when that is replaced",
        image.escape_debug(),
        target.escape_debug()
    );
    let diagnostic = Diagnostic::new(&CODE, message, target.span, "a folder too far up for this version");
    diagnostic
        .also(image.span, "up to 17, the data is a folder further down")
        .help("mount it at `/var/lib/postgresql/data`")
}

/// Whether a task has a variable.
fn is_told(task: &Block, name: &str) -> bool {
    task.body.blocks("env").any(|env| env.body.attribute(name).is_some()) || in_template(task, name)
}

/// The version of PostgreSQL's own image.
fn postgres(image: &str) -> Option<u32> {
    let name = image.rsplit_once(':')?.0;
    let known = name.rsplit('/').next() == Some("postgres") && !name.contains("immich") && !name.contains("bitnami");
    major(image).filter(|major| known && (9..100).contains(major))
}

/// PostgreSQL's image keeps its data a folder further up from 18 on, and refuses to start with a volume where it was.
fn moved_folder(image: Spanned<&str>, major: u32, task: &Block, targets: &[Spanned<&str>]) -> Option<Diagnostic> {
    let at = |folder: &str| targets.iter().find(|target| target.trim_end_matches('/') == folder);
    let data = at("/var/lib/postgresql/data");
    if major < 18 {
        let target = at("/var/lib/postgresql").filter(|_| data.is_none() && !is_told(task, "PGDATA"))?;
        return Some(covered(image, *target));
    }
    let target = data?;
    let message = format!("`{}` doesn't start with a volume at `{}`", image.escape_debug(), target.escape_debug());
    let diagnostic = Diagnostic::new(&CODE, message, target.span, "it was there up to 17");
    Some(
        diagnostic
            .also(image.span, "this version has it elsewhere")
            .help("mount it at `/var/lib/postgresql`, and move what an older version wrote with `pg_upgrade`"),
    )
}

/// Whether a task runs what its image is for, all the time.
fn runs_its_image(task: &Block) -> bool {
    let docker = task.body.str("driver").is_some_and(|driver| driver.value == "docker");
    let given = |config: &Body| config.attribute("entrypoint").is_some() || config.attribute("command").is_some();
    docker && task.body.block("lifecycle").is_none() && !task.body.block("config").is_some_and(|it| given(&it.body))
}

/// Whether none of the folders that a container has from outside holds the data, or a part of it.
fn is_lost(task: &Block, kept: &Kept, targets: &[Spanned<&str>]) -> bool {
    let holds = |target: &Spanned<&str>| {
        let meet = |known: &String| lies_in(known, target.value) || lies_in(target.value, known);
        target.value.contains("${") || kept.folders.iter().any(meet)
    };
    let named = |name: &str| task.body.blocks("env").any(|env| env.body.attribute(name).is_some());
    let told = |target: &Spanned<&str>| target.value.len() > 1 && in_environment(task, target.value);
    let moved = targets.iter().any(told)
        || ["PGDATA", "MYSQL_DATADIR"].into_iter().any(named)
        || kept.unless.iter().any(|name| named(name) || in_template(task, name));
    // Whoever gives files a volume meant to keep them; without one, somebody may try a program out.
    let matters = kept.single_writer && kept.what.contains("database")
        || kept.what.contains("somebody made") && !targets.is_empty();
    matters && !kept.replaceable && !moved && !targets.iter().any(holds)
}

/// Whether a task is told about a folder: its data may be there.
fn in_environment(task: &Block, folder: &str) -> bool {
    let told = |value: &ValueKind| matches!(value, ValueKind::Str(text) if names(text, folder));
    let own = task.body.blocks("env").any(|env| env.body.attributes.iter().any(|it| told(&it.value.kind)));
    let args = task.body.block("config").and_then(|config| config.body.attribute("args"));
    let args = args
        .is_some_and(|args| matches!(&args.value.kind, ValueKind::List(list) if list.iter().any(|it| told(&it.kind))));
    own || args || templates(task).any(|text| names(text, folder))
}

/// Whether a text names a folder; `kv/data` doesn't name `/data`.
fn names(text: &str, folder: &str) -> bool {
    text.match_indices(folder)
        .any(|(at, _)| !text[..at].ends_with(|c: char| c.is_alphanumeric() || "}_-./".contains(c)))
}

fn in_template(task: &Block, name: &str) -> bool {
    templates(task).any(|text| text.contains(name))
}

fn templates(task: &Block) -> impl Iterator<Item = &str> {
    task.body.blocks("template").filter_map(|it| it.body.str("data").map(|text| text.value))
}

fn targets(task: &Block) -> Vec<Spanned<&str>> {
    let mounts = task.body.blocks("volume_mount").filter_map(|mount| mount.body.str("destination"));
    let mut found: Vec<Spanned<&str>> = mounts.collect();
    // Volumes of the driver's own, whatever they are called.
    if let Some(config) = task.body.block("config") {
        for text in config.body.strings("volumes") {
            if let Some(folder) = text.value.split(':').nth(1).or(Some(text.value)) {
                found.push(Spanned::new(folder, text.span));
            }
        }
        let blocks = config.body.blocks("mount");
        found.extend(blocks.filter_map(|it| it.body.str("target").or_else(|| it.body.str("destination"))));
        for map in ["mount", "mounts"].into_iter().filter_map(|name| config.body.attribute(name)) {
            let ValueKind::List(maps) = &map.value.kind else { continue };
            for map in maps {
                let ValueKind::Map(entries) = &map.kind else { continue };
                let text = entries.iter().find(|(key, _)| matches!(key.value.as_str(), "target" | "destination"));
                if let Some((_, ValueKind::Str(text))) = text.map(|(key, value)| (key, &value.kind)) {
                    found.push(Spanned::new(text.as_str(), map.span));
                }
            }
        }
    }
    found
}
