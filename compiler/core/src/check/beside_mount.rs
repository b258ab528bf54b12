//! `beside-mount`: a folder of a node that lies beside a mount, where almost the same path lies on it.

use crate::analyze::{Analysis, mount_of};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Daemon, Node};
use crate::source::Spanned;

code!(Warning, "beside-mount", "beside_mount.md", "a folder lies beside a mount that has almost its name");

/// Reports, once for each path that isn't a mount, the host volumes and shares in it.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in analysis.lab.nodes.iter().filter(|node| !node.mounts.is_empty()) {
        for volume in &node.host_volumes {
            beside(node, ("host volume", &volume.name), &volume.path, sink);
        }
        for daemon in &node.daemons {
            let Daemon::Samba(samba) = daemon else { continue };
            for share in &samba.shares {
                beside(node, ("share", &share.name), &share.path, sink);
            }
        }
    }
}

fn beside(node: &Node, (what, name): (&str, &str), path: &Spanned<String>, sink: &mut Sink) {
    if mount_of(node, path).is_some() {
        return;
    }
    // As many folders deep as the mount.
    let start = |depth: usize| {
        let end = path.match_indices('/').map(|(at, _)| at).chain([path.len()]).nth(depth);
        end.and_then(|end| path.get(..end)).filter(|start| start.len() > 1)
    };
    let found = node.mounts.iter().find_map(|mount| {
        let start = start(mount.path.matches('/').count())?;
        nearest(start, [mount.path.as_str()]).map(|_| (start, mount))
    });
    let Some((start, mount)) = found.filter(|(start, mount)| is_slip(start, &mount.path)) else { return };
    let (mounted, machine) = (&mount.path.value, &node.name.value);
    let message = format!("{what} `{name}` lies in `{start}`, beside the mount `{mounted}` of `{machine}`");
    sink.push(
        Diagnostic::new(&CODE, message, path.span, "on the disk of the system")
            .also(mount.path.span, "mounted here")
            .help(format!("did you mean `{}{}`?", mount.path.value, &path[start.len()..])),
    );
}

/// Whether one is the other with a letter more, less or in another case: `/bulk` and `/bulk1`. Two that are counted, such as
/// `/bulk1` and `/bulk2`, are meant.
fn is_slip(a: &str, b: &str) -> bool {
    let parts = |text: &str| text.to_lowercase().chars().partition(char::is_ascii_digit);
    let ((a_digits, a_letters), (b_digits, b_letters)): ((String, String), (String, String)) = (parts(a), parts(b));
    let counted = !a_digits.is_empty() && !b_digits.is_empty() && a_digits != b_digits;
    a.chars().count().abs_diff(b.chars().count()) <= 1 && !(counted && a_letters == b_letters)
}

#[cfg(test)]
mod tests {
    use super::is_slip;

    #[test]
    fn counted_disks_are_meant() {
        assert!(
            is_slip("/bulk", "/bulk1")
                && is_slip("/Data", "/data")
                && is_slip("/bulkk1", "/bulk1")
                && is_slip("/Bulk1", "/bulk1")
        );
        assert!(!is_slip("/bulk2", "/bulk1") && !is_slip("/bulk10", "/bulk1") && !is_slip("/da", "/data"));
    }
}
