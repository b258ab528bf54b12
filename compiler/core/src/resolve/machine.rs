//! What a node says of its disks, shares and size that can't be so.

use super::codes::bad_value::bad_value;
use super::node::{LONGEST_NAME, LONGEST_PATH};
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::units::size;
use crate::diagnostic::{Severity, Sink, is_slip, nearest};
use crate::model::{Daemon, Node, NodeMount, Share};

/// File systems that somebody may have meant.
const KINDS: [&str; 24] = [
    "9p",
    "bcachefs",
    "btrfs",
    "ceph",
    "cifs",
    "exfat",
    "ext2",
    "ext3",
    "ext4",
    "f2fs",
    "glusterfs",
    "iso9660",
    "jfs",
    "nfs",
    "nfs4",
    "ntfs",
    "ntfs3",
    "overlay",
    "smb3",
    "tmpfs",
    "vfat",
    "virtiofs",
    "xfs",
    "zfs",
];

/// Those of a disk, which is named by its device, or by what is written on it.
const DISKS: [&str; 10] = ["bcachefs", "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "ntfs3", "vfat", "xfs"];

/// Options of mounts that hardly any other option is a letter away from.
const OPTIONS: [&str; 14] = [
    "_netdev",
    "compress",
    "credentials",
    "defaults",
    "dir_mode",
    "file_mode",
    "noatime",
    "nodiratime",
    "noexec",
    "nofail",
    "password",
    "relatime",
    "strictatime",
    "username",
];

/// What is one of them but for a letter, and an option of its own (mount.cifs).
const NO_SLIP: [&str; 1] = ["password2"];

/// Reports what can't be about one machine.
pub(super) fn check(node: &Node, sink: &mut Sink) {
    node.mounts.iter().for_each(|mount| self::mount(mount, sink));
    for daemon in &node.daemons {
        let Daemon::Samba(samba) = daemon else { continue };
        for (at, share) in samba.shares.iter().enumerate() {
            // Samba reads them as one, of which the second wins.
            let same =
                |other: &&Share| other.name.eq_ignore_ascii_case(&share.name) && other.name.value != share.name.value;
            if let Some(first) = samba.shares[..at].iter().find(same) {
                sink.push(defined_twice(&format!("share `{}`", share.name.value), share.name.span, first.name.span));
            }
        }
    }
    if let Some(memory) = node.capacity.memory.filter(|memory| node.client && memory.value <= node.reserved.memory) {
        let shown = |bytes: u64| size(i64::try_from(bytes).unwrap_or(i64::MAX));
        let expected = format!("more memory than is left to the system, {}", shown(node.reserved.memory));
        let mut diagnostic = bad_value(&shown(memory.value), &expected, memory.span);
        diagnostic.severity = Severity::Warning;
        sink.push(diagnostic.help("write what the machine has in all, and in `reserved` what services don't get"));
    }
}

/// How many bytes the name of a file system takes in `/dev/disk/by-label`, where udev writes `\x20` for a blank.
fn escaped(name: &str) -> usize {
    let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "#+-.:=@_".contains(c);
    name.chars().map(|c| if plain(c) { c.len_utf8() } else { 4 }).sum()
}

/// Whether what a disk is named by can be that: each file system writes it in a form of its own.
fn is_uuid(text: &str, kind: &str) -> bool {
    let form: &[usize] = match kind {
        "vfat" | "exfat" => &[4, 4],
        "ntfs3" => &[16],
        _ => &[8, 4, 4, 4, 12],
    };
    let hex = |part: &str| part.bytes().all(|b| b.is_ascii_hexdigit());
    text.split('-').all(hex) && text.split('-').map(str::len).eq(form.iter().copied())
}

/// A UUID or an option with a slip in it: the disk is waited for, or isn't mounted, and nothing starts that lies on it.
fn slips(mount: &NodeMount, sink: &mut Sink) {
    let (kind, source) = (&mount.kind, &mount.source);
    let uuid = source.strip_prefix("UUID=").filter(|uuid| uuid.is_ascii() && DISKS.contains(&kind.value.as_str()));
    if uuid.is_some_and(|uuid| !is_uuid(uuid, kind)) {
        let mut diagnostic = bad_value(source, &format!("the UUID of a disk with {}", kind.value), source.span);
        diagnostic.severity = Severity::Warning;
        sink.push(diagnostic.help("copy it from `lsblk -f` on the machine"));
    }
    let mut at = 0;
    for option in mount.options.split(',') {
        let name = option.split('=').next().unwrap_or(option);
        let near = OPTIONS.into_iter().find(|known| is_slip(name, known) && !NO_SLIP.contains(&name));
        if let Some(near) = near {
            let place = mount.options.span.part(&mount.options, at, name.len());
            let mut diagnostic = bad_value(name, "an option that mounts are known to have", place);
            diagnostic.severity = Severity::Warning;
            sink.push(diagnostic.help(format!("did you mean `{near}`?")));
        }
        at += option.len() + 1;
    }
}

fn mount(mount: &NodeMount, sink: &mut Sink) {
    slips(mount, sink);
    let (kind, source) = (&mount.kind, &mount.source);
    if DISKS.contains(&kind.value.as_str()) {
        if !source.contains(['/', '=']) {
            let diagnostic = bad_value(source, "a device", source.span);
            let named = if source.contains('-') { "UUID" } else { "LABEL" };
            sink.push(diagnostic.help(format!("write `{named}={}`, or the path of the device", source.value)));
        } else if source.len() > LONGEST_PATH || source.split(['/', '=']).any(|part| escaped(part) > LONGEST_NAME) {
            let expected = "a device whose names have at most 255 bytes";
            sink.push(bad_value(source, expected, source.span).help("Linux takes no longer ones"));
        }
        return;
    }
    if matches!(kind.value.as_str(), "cifs" | "smb3") && !source.starts_with("//") && !source.contains('\\') {
        let diagnostic = bad_value(source, "a share of another machine", source.span);
        let path = source.trim_start_matches('/').replacen(':', "", 1);
        sink.push(diagnostic.help(format!("write `//MACHINE/SHARE`: `//{path}`")));
    }
    if kind.starts_with("fuse") || KINDS.contains(&kind.value.as_str()) {
        return;
    }
    // Nobody means the old ones.
    if let Some(near) = nearest(kind, KINDS.into_iter().filter(|kind| !matches!(*kind, "ext2" | "ext3"))) {
        let diagnostic = bad_value(kind, "a file system that Linux knows", kind.span);
        sink.push(diagnostic.help(format!("did you mean `{near}`?")));
    }
}
