//! `volumes` and `tmpfs`: folders of nodes, paths of nodes, files beside the manifest, memory.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_changed::changed;
use super::codes::compose_no_counterpart::{no_counterpart, not_missed};
use super::codes::compose_to_complete::to_complete;
use super::model::Service;
use super::variables::{open_in, scalar, shown};
use super::{Reader, keys, scalar as scalars};
use crate::import::draft::Place;
use crate::import::kdl::{Node, Scalar};
use crate::import::yaml;
use crate::import::yaml::Entry;
use crate::source::{SIZE_LIMIT, Span, Spanned};

/// Folders of the system, which every node has.
const SYSTEM: [&str; 24] = [
    "/proc",
    "/sys",
    "/dev",
    "/etc/group",
    "/etc/hostname",
    "/etc/hosts",
    "/etc/localtime",
    "/etc/machine-id",
    "/etc/os-release",
    "/etc/passwd",
    "/etc/resolv.conf",
    "/etc/shadow",
    "/etc/ssl",
    "/etc/timezone",
    "/etc/udev",
    "/opt/vc",
    "/run",
    "/var/run",
    "/var/lib/docker",
    "/lib/modules",
    "/usr",
    "/boot",
    "/tmp",
    "/var/log",
];

/// A line of `volumes`.
#[derive(Default)]
struct Mount {
    kind: Option<Spanned<String>>,
    source: Option<Spanned<String>>,
    target: Option<Spanned<String>>,
    read_only: bool,
    propagation: Option<String>,
    tmpfs: Vec<Node>,
}

/// Reads `volumes`.
pub(super) fn volumes(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for item in scalars::items(entry) {
        let mount = if item.map().is_some() { long(item, reader) } else { short(entry, item, reader) };
        if let Some(mount) = mount {
            add(mount, item.span, service, reader);
        }
    }
}

/// Reads `tmpfs`.
pub(super) fn tmpfs(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for text in scalars::texts(entry, reader.sink()) {
        let (target, options) = text.split_once(':').unwrap_or((&text, ""));
        let mut node = Node::new("mount").prop("type", "tmpfs").prop("target", scalar(target));
        let mut tmpfs = Node::new("tmpfs_options");
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option.split_once('=') {
                Some(("size", size)) => tmpfs = tmpfs_size(tmpfs, size, text.span, reader),
                Some(("mode", mode)) => tmpfs = tmpfs_mode(tmpfs, mode, text.span, reader),
                _ => {
                    let help = "Nomad gives `size` and `mode` to such a mount, and no other option";
                    reader.sink().push(no_counterpart(&format!("`{}` of a tmpfs", shown(option)), text.span, help));
                }
            }
        }
        if !tmpfs.entries.is_empty() {
            node = node.child(tmpfs);
        }
        service.config.push(node);
    }
}

fn tmpfs_size(node: Node, text: &str, place: Span, reader: &mut Reader<'_, '_>) -> Node {
    match scalars::bytes(text) {
        Some(bytes) => node.prop("size", scalars::written(bytes, 1)),
        None => {
            reader.sink().push(bad_value(&shown(text), "a size", place).help("write a number with its unit: `64m`"));
            node
        }
    }
}

fn tmpfs_mode(node: Node, text: &str, place: Span, reader: &mut Reader<'_, '_>) -> Node {
    match i64::from_str_radix(text.trim_start_matches("0o"), 8) {
        Ok(mode) => node.prop("mode", mode),
        Err(_) => {
            reader.sink().push(bad_value(&shown(text), "a mode", place).help("write it in octal: `1777`"));
            node
        }
    }
}

/// `[SOURCE:]TARGET[:OPTIONS]`.
fn short(entry: &Entry, item: &yaml::Node, reader: &mut Reader<'_, '_>) -> Option<Mount> {
    let text = scalars::item_text(&entry.key, item, reader.sink())?;
    let mut parts = text.split(':');
    let (first, second, third) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if parts.next().is_some() || first.is_empty() || second.is_some_and(str::is_empty) {
        let help = "write `NAME:/path`, `/path/of/the/node:/path` or `./path:/path`, and `:ro` behind it to read only";
        reader.sink().push(bad_value(&shown(&text), "a volume", text.span).help(help));
        return None;
    }
    let spanned = |part: &str| Spanned::new(part.to_owned(), text.span);
    let mut mount = match second {
        Some(target) => Mount { source: Some(spanned(first)), target: Some(spanned(target)), ..Mount::default() },
        None => Mount { target: Some(spanned(first)), ..Mount::default() },
    };
    for option in third.unwrap_or_default().split(',').filter(|option| !option.is_empty()) {
        match option {
            "ro" => mount.read_only = true,
            "rw" => {}
            "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
                mount.propagation = Some(option.to_owned());
            }
            "cached" | "delegated" | "consistent" => {
                let help = "it is for Docker Desktop; nodes of a lab have no use for it";
                reader.sink().push(not_missed(&format!("`{option}` of a volume"), text.span, help));
            }
            "z" | "Z" => {
                let help = "label the folder on the node, or set `selinuxlabel` in the Docker plugin of the node";
                reader.sink().push(not_missed(&format!("`{option}` of a volume"), text.span, help));
            }
            "nocopy" => {
                let help = "a folder of the node starts empty, and what the image has there isn't copied into it";
                reader.sink().push(not_missed("`nocopy` of a volume", text.span, help));
            }
            _ => {
                let help = "`ro` and `rw` are known, and how mounts below it are passed on, such as `rslave`";
                reader.sink().push(bad_value(&shown(option), "an option of a volume", text.span).help(help));
            }
        }
    }
    Some(mount)
}

fn long(item: &yaml::Node, reader: &mut Reader<'_, '_>) -> Option<Mount> {
    let mut mount = Mount::default();
    for part in keys::MOUNT.check(item, reader.sink()) {
        match part.key.as_str() {
            "type" => mount.kind = scalars::text(part, reader.sink()),
            "source" => mount.source = scalars::text(part, reader.sink()),
            "target" => mount.target = scalars::text(part, reader.sink()),
            "read_only" => mount.read_only = scalars::truth(part, reader.sink()) == Some(true),
            "bind" => {
                for option in keys::BIND.check(&part.value, reader.sink()) {
                    mount.propagation = scalars::text(option, reader.sink()).map(|text| text.value);
                }
            }
            "volume" => {
                keys::MOUNTED_VOLUME.check(&part.value, reader.sink());
            }
            "image" => {
                keys::IMAGE_MOUNT.check(&part.value, reader.sink());
            }
            _ => {
                for option in keys::TMPFS.check(&part.value, reader.sink()) {
                    let Some(text) = scalars::text(option, reader.sink()) else { continue };
                    let node = Node::new("tmpfs_options");
                    let node = match option.key.as_str() {
                        "size" => tmpfs_size(node, &text, text.span, reader),
                        _ => tmpfs_mode(node, &text, text.span, reader),
                    };
                    mount.tmpfs.push(node);
                }
            }
        }
    }
    if mount.target.is_none() {
        let help = "write `target: /path/in/the/container`";
        reader.sink().push(bad_value("the volume", "whole without its `target`", item.span).help(help));
        return None;
    }
    Some(mount)
}

fn add(mount: Mount, span: Span, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(target) = &mount.target else { return };
    if !target.starts_with('/') {
        let help = "write the whole path in the container, from `/` on";
        reader.sink().push(bad_value(&shown(target), "an absolute path", target.span).help(help));
        return;
    }
    match mount.kind.as_ref().map(|kind| kind.as_str()) {
        Some("tmpfs") => {
            let options: Vec<_> = mount.tmpfs.iter().flat_map(|node| node.entries.clone()).collect();
            let mut node = Node::new("mount").prop("type", "tmpfs").prop("target", scalar(target));
            if !options.is_empty() {
                node = node.child(Node { entries: options, ..Node::new("tmpfs_options") });
            }
            service.config.push(node);
        }
        Some(kind @ ("npipe" | "cluster" | "image")) => {
            let help = "put what it holds into a folder of the node, and name that: `volume \"NAME\" to=\"…\"`";
            reader.sink().push(no_counterpart(&format!("the volume of type `{kind}`"), span, help));
        }
        Some(kind @ ("bind" | "volume")) => named(&mount, kind == "bind", service, reader),
        Some(kind) => {
            let place = mount.kind.as_ref().map_or(span, |kind| kind.span);
            let help = "`bind`, `volume` and `tmpfs` are known";
            reader.sink().push(bad_value(kind, "a type of volume", place).help(help));
        }
        None => {
            let is_path = |text: &str| text.starts_with(['/', '.', '~']) || text.contains('/');
            let bind = mount.source.as_ref().is_some_and(|source| is_path(source) || open_in(source).is_some());
            named(&mount, bind, service, reader);
        }
    }
}

fn named(mount: &Mount, bind: bool, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(target) = &mount.target else { return };
    match &mount.source {
        Some(source) if bind => path(source, target, mount, service, reader),
        Some(source) => {
            if reader.place(source) {
                push(Node::new("volume").arg(source.as_str()), target, mount, service, reader);
            }
        }
        None => {
            let last = target.trim_end_matches('/').rsplit('/').next().unwrap_or("data");
            let name = format!("{}-{}", service.name, volume_name(last));
            let message =
                format!("the volume at `{}` has no name, and Docker would lose it with the container", shown(target));
            let help = format!("here it is `{name}`, which stays; leave it out if nothing in it matters");
            reader.sink().push(changed(message, target.span, &help));
            let place =
                Place { path: format!("/srv/{}/{}", service.name, volume_name(last)).into(), ..Place::default() };
            let name = reader.offer(name, place);
            push(Node::new("volume").arg(name), target, mount, service, reader);
        }
    }
}

/// A path of the computer that Compose ran on.
fn path(
    source: &Spanned<String>,
    target: &Spanned<String>,
    mount: &Mount,
    service: &mut Service,
    reader: &mut Reader<'_, '_>,
) {
    let system = SYSTEM
        .iter()
        .any(|folder| source.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    if system || source.as_str() == "/" || source.starts_with('/') && is_file(source, target) {
        if !system && source.as_str() != "/" {
            let message = format!("`{}` is a file of the computer that Compose ran on", shown(source));
            let help =
                "put it at the same place on each node that may run the service, or beside the manifest as a `file`";
            reader.sink().push(to_complete(message, source.span, help.into()));
        }
        let plain = if source.len() > 1 { source.trim_end_matches('/') } else { source };
        push(Node::new("mount").arg(scalar(plain)), target, mount, service, reader);
        return;
    }
    if !source.starts_with(['/', '~']) && open_in(source).is_none() && file(source, target, mount, service, reader) {
        return;
    }
    let beside = reader.loader.path(source).filter(|_| !source.starts_with(['/', '~']));
    let (name, place) = folder(source, beside.as_deref(), service);
    let known = beside.as_ref().and_then(|beside| reader.folders.get(beside).cloned());
    let name = known.unwrap_or_else(|| reader.offer(name, place));
    if let Some(beside) = beside {
        reader.folders.insert(beside, name.clone());
    }
    push(Node::new("volume").arg(name), target, mount, service, reader);
}

/// Mounts a file beside the Compose file; says whether it is one.
fn file(
    source: &Spanned<String>,
    target: &Spanned<String>,
    mount: &Mount,
    service: &mut Service,
    reader: &mut Reader<'_, '_>,
) -> bool {
    let path = reader.loader.path(source);
    let exists = path.as_ref().is_some_and(|path| reader.loader.world.read(path).is_ok());
    if !exists && !is_file(source, target) {
        return false;
    }
    let name = source.trim_end_matches('/').rsplit('/').next().unwrap_or("file").to_owned();
    let name = if service.files.iter().any(|(known, _)| *known == name) {
        source.trim_start_matches(['.', '/']).replace('/', "-")
    } else {
        name
    };
    let mut node = Node::new("file").arg(name.as_str()).prop("to", scalar(target));
    if exists {
        let plain = path.as_ref().and_then(|path| reader.loader.world.read(path).ok()).map(String::from_utf8);
        if !matches!(&plain, Some(Ok(text)) if text.len() <= SIZE_LIMIT) {
            let help = "put it into a folder of the node, and offer that with `host-volume`";
            reader.sink().push(no_counterpart(&format!("`{}`, which isn't a text,", shown(source)), source.span, help));
            return true;
        }
        let Some((_, text)) = reader.loader.named(source) else { return true };
        if !mount.read_only {
            let message = format!("the container could write to `{}`", shown(source));
            let help = "here it is a file beside the manifest, and can only be read: where the program changes it, have it in a `volume`";
            reader.sink().push(changed(message, source.span, help));
        }
        if text.starts_with("#!") {
            node = node.prop("mode", "755");
        }
        service.files.push((name, text));
    } else {
        let message = format!("the file `{}` isn't beside the Compose file", shown(source));
        let help = format!("put it into the folder of the service as `{name}`, or leave the line out");
        reader.sink().push(to_complete(message, source.span, help));
    }
    service.storage.push(node);
    true
}

fn push(node: Node, target: &Spanned<String>, mount: &Mount, service: &mut Service, reader: &mut Reader<'_, '_>) {
    if let Some(propagation) = mount.propagation.as_ref().filter(|_| node.name == "mount") {
        let source = node.entries.first().map_or(Scalar::Null, |entry| entry.value.clone());
        let mut node = Node::new("mount").prop("type", "bind").prop("source", source).prop("target", scalar(target));
        if mount.read_only {
            node = node.prop("readonly", true);
        }
        service.config.push(node.child(Node::new("bind_options").prop("propagation", propagation.as_str())));
        return;
    }
    if let Some(propagation) = &mount.propagation {
        let help = "a volume of a node passes on no mounts: where it has to, have it as `config { mount type=\"bind\" … { bind_options propagation=\"…\" } }`";
        reader.sink().push(no_counterpart(&format!("`{propagation}` of a volume"), target.span, help));
    }
    let plain = if target.len() > 1 { target.trim_end_matches('/') } else { target };
    let node = node.prop("to", scalar(plain));
    service.storage.push(if mount.read_only { node.prop("read-only", true) } else { node });
}

/// Whether both names look like those of files.
fn is_file(source: &str, target: &str) -> bool {
    const ENDINGS: [&str; 20] = [
        "conf",
        "cnf",
        "cfg",
        "ini",
        "json",
        "yml",
        "yaml",
        "toml",
        "xml",
        "env",
        "sh",
        "txt",
        "pem",
        "crt",
        "key",
        "sql",
        "properties",
        "py",
        "js",
        "html",
    ];
    let ending = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
    };
    ending(source) && ending(target)
}

/// The volume that a folder becomes; `beside` is its path where it lies below the Compose file.
fn folder(source: &str, beside: Option<&str>, service: &Service) -> (String, Place) {
    let names: Vec<String> = beside
        .unwrap_or(source)
        .split('/')
        .filter(|part| !matches!(*part, "" | "." | ".." | "~"))
        .map(volume_name)
        .collect();
    let last = names.last().cloned().unwrap_or_else(|| "data".into());
    if source.starts_with('/') || open_in(source).is_some() {
        let place = Place { path: scalar(source.trim_end_matches('/')), ..Place::default() };
        return (last, place);
    }
    // From the folder of the Compose file, which no node has.
    let own = names.len() > 1 || names.iter().any(|name| name.starts_with(&service.name));
    let name = if own { names.join("-") } else { format!("{}-{last}", service.name) };
    let below = names.join("/");
    let path = if own { format!("/srv/{below}") } else { format!("/srv/{}/{below}", service.name) };
    (name, Place { path: path.trim_end_matches('/').into(), note: Some(format!("was {source}")), ..Place::default() })
}

/// A name that a volume may have.
fn volume_name(text: &str) -> String {
    let plain: String = shown(text)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') { c.to_ascii_lowercase() } else { '-' })
        .collect();
    let plain = plain.trim_matches(['-', '.']);
    if plain.is_empty() { "data".into() } else { plain.to_owned() }
}
