//! Drop-ins for the units that packages bring, and the units of mounts.

use crate::analyze::mount_of;
use crate::emit::quote::{udev, unit_line, unit_path, unit_word};
use crate::model::{Daemon, Discovery, Lab, Node, NodeMount};
use std::fmt::Write as _;

/// Units of systemd, each with its path below `etc/systemd/system/` and its text.
pub(super) fn units(lab: &Lab, node: &Node) -> Vec<(String, String)> {
    let mut units = vec![drop_in("nomad", nomad(lab, node))];
    if lab.discovery == Discovery::Consul {
        units.push(drop_in("consul", CONSUL.to_owned()));
    }
    if runs_docker(node) {
        units.push(drop_in("docker", DOCKER.to_owned()));
    }
    units.extend(samba(node).map(|text| drop_in("smbd", text)));
    units.extend(node.mounts.iter().map(|mount| (mount_unit(mount), mount_text(mount))));
    units
}

/// The name of the unit that mounts a file system.
pub(super) fn mount_unit(mount: &NodeMount) -> String {
    format!("{}.mount", unit_path(&mount.path))
}

/// Whether services of the node run in Docker.
pub(super) fn runs_docker(node: &Node) -> bool {
    node.client && node.drivers.iter().any(|driver| driver.value == "docker")
}

fn drop_in(service: &str, text: String) -> (String, String) {
    (format!("{service}.service.d/10-hlmc.conf"), text)
}

/// One text for servers and clients. The package's `Type=notify` would have systemd wait until the agent has joined, and kill it
/// meanwhile: a client whose server is down would never stay up.
const CONSUL: &str = "\
[Unit]
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
Restart=always
RestartSec=5s
";

const DOCKER: &str = "\
[Unit]
StartLimitIntervalSec=0

[Service]
Restart=always
RestartSec=2s
";

/// Nomad comes after what it talks to, but runs without it. It doesn't run without the disks below its host volumes: a
/// container would write into the empty folder that the disk is mounted over, and all data would seem gone.
fn nomad(lab: &Lab, node: &Node) -> String {
    let mut before = String::from("network-online.target");
    if lab.discovery == Discovery::Consul {
        before.push_str(" consul.service");
    }
    if runs_docker(node) {
        before.push_str(" docker.service");
    }
    let paths = node.host_volumes.iter().map(|volume| volume.path.as_str());
    let mounts = if node.client { requires(node, paths) } else { String::new() };
    format!(
        "[Unit]\nWants={before}\nAfter={before}\n{mounts}StartLimitIntervalSec=0\n\n[Service]\nRestart=always\nRestartSec=5s\n"
    )
}

/// Samba doesn't share the empty folder below a mount either.
fn samba(node: &Node) -> Option<String> {
    let shares = node.daemons.iter().find_map(|daemon| match daemon {
        Daemon::Samba(samba) => Some(&samba.shares),
        Daemon::Dnsmasq(_) => None,
    })?;
    let mounts = requires(node, shares.iter().map(|share| share.path.as_str()));
    (!mounts.is_empty()).then(|| format!("[Unit]\n{mounts}"))
}

/// The lines that make a unit need the mounts that some of the paths lie on.
fn requires<'p>(node: &Node, paths: impl Iterator<Item = &'p str>) -> String {
    let mut lines = String::new();
    for path in paths.filter(|path| mount_of(node, path).is_some()) {
        let _ = writeln!(lines, "RequiresMountsFor={}", unit_word(path));
    }
    lines
}

/// A mount is wanted, not required, by the start of the system: without it the machine still comes up, with ssh, and what needs
/// the mount says so itself. With `nofail` among its options the start doesn't even wait for it.
fn mount_text(mount: &NodeMount) -> String {
    let path = mount.path.as_str();
    let target = if is_remote(mount) { "remote-fs.target" } else { "local-fs.target" };
    format!(
        "[Unit]\nDescription={} of this lab\n\n[Mount]\nWhat={}\nWhere={}\nType={}\nOptions={}\n\n[Install]\nWantedBy={target}\n",
        unit_line(path),
        unit_line(&device(&mount.source)),
        unit_line(path),
        unit_line(&mount.kind),
        unit_line(&mount.options),
    )
}

/// The file systems that come over the network, as systemd tells them, and mounts that say so themselves.
fn is_remote(mount: &NodeMount) -> bool {
    const REMOTE: [&str; 12] =
        ["afs", "ceph", "cifs", "gfs", "gfs2", "glusterfs", "ncp", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"];
    let kind = mount.kind.strip_prefix("fuse.").unwrap_or(&mount.kind);
    REMOTE.contains(&kind) || mount.options.split(',').any(|option| option == "_netdev")
}

/// The device behind `UUID=…` and the like. Only in `/etc/fstab` does systemd look those up, and only a device by its path makes
/// the mount wait until the disk is there.
fn device(source: &str) -> String {
    let by = |folder: &str, name: &str| {
        let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        format!("/dev/disk/by-{folder}/{}", udev(quoted.unwrap_or(name)))
    };
    match source.split_once('=') {
        Some(("UUID", name)) => by("uuid", name),
        Some(("LABEL", name)) => by("label", name),
        Some(("PARTUUID", name)) => by("partuuid", name),
        Some(("PARTLABEL", name)) => by("partlabel", name),
        _ => source.to_owned(),
    }
}
