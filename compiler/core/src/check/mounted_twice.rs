//! `mounted-twice`: one disk that a node mounts at two places, as a copied line does.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::NodeMount;

code!(Warning, "mounted-twice", "mounted_twice.md", "a node mounts one disk at two places");

/// Reports each disk that a node mounts again.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
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

/// Whether all of a disk is mounted: parts of one are meant to be at several places.
fn is_whole(mount: &NodeMount) -> bool {
    let part = |option: &str| {
        option == "bind" || option == "rbind" || option.starts_with("subvol") || option.starts_with("X-mount")
    };
    (mount.source.starts_with("/dev/") || mount.source.contains('=')) && !mount.options.split(',').any(part)
}
