//! `network-storage`: a database, or another store that needs a local disk, on a network file system.

use super::brought_in;
use crate::analyze::{Analysis, GroupFacts, Kept, LocalDisk, ServiceFacts, Source, Used, is_network, mount_of};
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Lab, Node, NodeMount};

code!(Error, "network-storage", "network_storage.md", "a store that needs a local disk lies on a network file system");

/// Reports, once for each service, data that breaks where it lies.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let found = of.groups.iter().find_map(|facts| {
        let mut used = facts.used().iter().filter(|used| !used.read_only);
        used.find_map(|used| {
            let kept = used.kept.iter().copied().find(|kept| kept.local_disk != LocalDisk::Never)?;
            bad(analysis, facts, used, kept)
        })
    });
    if let Some(diagnostic) = found {
        sink.push(diagnostic);
    }
}

/// What the storage plugins of the lab offer.
#[derive(Clone, Copy)]
enum Plugin {
    Network,
    Disk,
    Unknown,
}

/// What its images tell of the lab's storage plugins, where it has one kind.
fn plugin(analysis: &Analysis<'_>) -> Plugin {
    let tasks = analysis.groups.iter().flat_map(|facts| facts.block.body.blocks("task"));
    let plugins = tasks.filter(|task| task.body.block("csi_plugin").is_some());
    let images = plugins.filter_map(|task| task.body.block("config")?.body.str("image"));
    let images: Vec<String> = images.map(|image| image.value.to_ascii_lowercase()).collect();
    let all =
        |words: &[&str]| !images.is_empty() && images.iter().all(|image| words.iter().any(|word| image.contains(word)));
    match () {
        () if all(&["iscsi", "rbd", "ebs", "lvm", "hostpath", "linstor", "longhorn"]) => Plugin::Disk,
        () if all(&["nfs", "smb", "cifs", "gluster", "cephfs", "seaweed", "juicefs", "s3"]) => Plugin::Network,
        () => Plugin::Unknown,
    }
}

fn bad(analysis: &Analysis<'_>, facts: &GroupFacts<'_>, used: &Used<'_>, kept: &Kept) -> Option<Diagnostic> {
    let lab = analysis.lab;
    let place = match used.source {
        Source::Csi(name) => {
            let label = format!("`{}` is a volume of a storage plugin", name.escape_debug());
            let place = match plugin(analysis) {
                Plugin::Network => "on a network file system",
                Plugin::Unknown if kept.local_disk == LocalDisk::Always => "where a network may be in between",
                _ => return None,
            };
            return Some(unsure(lab, facts, used, kept, place, label));
        }
        Source::Docker(kind) if is_network(kind) => {
            let label = format!("Docker mounts it as `{}`", kind.escape_debug());
            return Some(unsure(lab, facts, used, kept, "on a network file system", label));
        }
        Source::Docker(_) => return None,
        Source::Host(name) => Place::Volume(name),
        Source::Path(path) => Place::Path(path),
    };
    let nodes = facts.eligible().filter_map(|at| lab.nodes.get(at));
    let (node, mount) = nodes.into_iter().find_map(|node| Some((node, place.network_mount(node)?)))?;
    let what = format!("`{}` keeps {} on a network file system", facts.service.name.value, kept.what);
    let label = format!("on `{}`, this lies on `{}`", node.name.value, mount.path.value);
    let mut diagnostic = Diagnostic::new(&CODE, what, used.span, label)
        .also(mount.path.span, format!("mounted from `{}` as `{}`", mount.source.escape_debug(), mount.kind.value));
    if kept.local_disk == LocalDisk::Better {
        diagnostic.severity = Severity::Warning;
    }
    Some(finished(lab, facts, used, diagnostic))
}

/// Something that a node has.
enum Place<'l> {
    Volume(&'l str),
    Path(&'l str),
}

impl Place<'_> {
    /// The network file system of a node that it lies on.
    fn network_mount<'n>(&self, node: &'n Node) -> Option<&'n NodeMount> {
        let path = match self {
            Self::Volume(name) => &*node.host_volumes.iter().find(|volume| volume.name.value == *name)?.path,
            Self::Path(path) => *path,
        };
        mount_of(node, path).filter(|mount| is_network(&mount.kind))
    }
}

/// Where no node of the lab tells what lies behind.
fn unsure(lab: &Lab, facts: &GroupFacts<'_>, used: &Used<'_>, kept: &Kept, place: &str, label: String) -> Diagnostic {
    let message = format!("`{}` keeps {} {place}", facts.service.name.value, kept.what);
    let mut diagnostic = Diagnostic::new(&CODE, message, used.span, label);
    diagnostic.severity = Severity::Warning;
    finished(lab, facts, used, diagnostic)
}

fn finished(lab: &Lab, facts: &GroupFacts<'_>, used: &Used<'_>, mut diagnostic: Diagnostic) -> Diagnostic {
    if let Some(place) = brought_in(lab, facts.service, used.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let known = format!("`{}` keeps it in `{}`", used.image.escape_debug(), used.folder.escape_debug());
    diagnostic.note(known).help(
        "put it on a local disk of the node: locks and the order of writes don't hold over a network, and the data breaks; back it up to the network instead",
    )
}
