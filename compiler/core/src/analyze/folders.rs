//! Which of a node's folders lie on a mount.

use crate::model::{Node, NodeMount};

/// File systems that lie on another machine.
const NETWORK: [&str; 11] =
    ["nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "glusterfs", "fuse.glusterfs", "fuse.sshfs", "ceph", "fuse.rclone"];

/// Whether a type of file system, as `fstab` has it, lies on another machine.
#[must_use]
pub fn is_network(kind: &str) -> bool {
    NETWORK.contains(&kind)
}

/// The mount that a path lies on: the innermost of those that the node declares.
#[must_use]
pub fn mount_of<'n>(node: &'n Node, path: &str) -> Option<&'n NodeMount> {
    node.mounts.iter().filter(|mount| lies_in(path, &mount.path)).max_by_key(|mount| mount.path.len())
}

/// Whether a path is a folder, or lies below it.
#[must_use]
pub fn lies_in(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_beside_a_mount_doesnt_lie_on_it() {
        assert!(lies_in("/bulk1", "/bulk1"));
        assert!(lies_in("/bulk1/photos", "/bulk1/"));
        assert!(!lies_in("/bulk10/photos", "/bulk1"));
    }
}
