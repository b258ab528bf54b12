//! `folder-of-two-volumes`: a node offers one folder under two names, and both may be written to.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::HostVolume;

code!(Warning, "folder-of-two-volumes", "folder_of_two_volumes.md", "one folder is two volumes");

/// Reports each folder that a node offers again.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in &analysis.lab.nodes {
        let volumes = &node.host_volumes;
        for (at, volume) in volumes.iter().enumerate().filter(|(_, volume)| !volume.read_only) {
            let same = |other: &&HostVolume| !other.read_only && other.path.value == volume.path.value;
            let Some(first) = volumes[..at].iter().find(same) else { continue };
            let (name, folder) = (&node.name.value, volume.path.escape_debug());
            let message =
                format!("`{name}` offers `{folder}` as `{}` and as `{}`", first.name.value, volume.name.value);
            sink.push(
                Diagnostic::new(&CODE, message, volume.path.span, "the same folder again")
                    .also(first.path.span, format!("this is `{}`", first.name.value))
                    .help("give it a folder of its own, or leave one of the two volumes out"),
            );
        }
    }
}
