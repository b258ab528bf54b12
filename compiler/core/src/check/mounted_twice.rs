//! `mounted-twice`: one disk that a node mounts at two places, as a copied line does.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Node, NodeMount};
use std::collections::BTreeMap;

code!(Warning, "mounted-twice", "mounted_twice.md", "one disk is mounted at two places");

/// Reports each disk that a node mounts again.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    elsewhere(&analysis.lab.nodes, sink);
    for node in analysis.lab.nodes.iter().filter(|node| node.mounts.len() > 1) {
        for (at, mount) in node.mounts.iter().enumerate().filter(|(_, mount)| is_whole(mount)) {
            let same = |other: &&NodeMount| other.source.value == mount.source.value && is_whole(other);
            let Some(first) = node.mounts[..at].iter().find(same) else { continue };
            let message = format!(
                "`{}` mounts `{}` at `{}` and at `{}`",
                node.name.value,
                mount.source.escape_debug(),
                first.path.value,
                mount.path.value
            );
            sink.push(
                Diagnostic::new(&CODE, message, mount.source.span, "the same disk again")
                    .also(first.source.span, "mounted here first")
                    .help("write which disk is meant here: `lsblk -f` on the machine lists them"),
            );
        }
    }
}

/// A disk that another node has too, as a copied file of a node does.
fn elsewhere(nodes: &[Node], sink: &mut Sink) {
    let named = ["UUID=", "PARTUUID=", "/dev/disk/by-uuid/", "/dev/disk/by-id/", "/dev/disk/by-partuuid/"];
    let is_one = |mount: &&NodeMount| named.iter().any(|start| mount.source.starts_with(start));
    let mut known: BTreeMap<&str, (&Node, &NodeMount)> = BTreeMap::new();
    for node in nodes {
        for mount in node.mounts.iter().filter(is_one) {
            let (first, other) = *known.entry(&mount.source.value).or_insert((node, mount));
            if first.name.value == node.name.value {
                continue;
            }
            let message = format!(
                "`{}` and `{}` both mount `{}`, which is one disk",
                first.name.value,
                node.name.value,
                mount.source.escape_debug()
            );
            sink.push(
                Diagnostic::new(&CODE, message, mount.source.span, "the same disk in another machine")
                    .also(other.source.span, "mounted here first")
                    .help("write which disk is meant here: `lsblk -f` on the machine lists them"),
            );
        }
    }
}

/// Whether all of a disk is mounted: parts of one are meant to be at several places.
fn is_whole(mount: &NodeMount) -> bool {
    let part = |option: &str| {
        option == "bind" || option == "rbind" || option.starts_with("subvol") || option.starts_with("X-mount")
    };
    (mount.source.starts_with("/dev/") || mount.source.contains('=')) && !mount.options.split(',').any(part)
}
