//! `install.sh` of a node: a few lines of data about the machine, and one fixed script that works on them.

use super::units;
use crate::analyze::{Analysis, NodeFacts, mount_of};
use crate::emit::quote::{push_function, sh, with_data};
use crate::model::{Daemon, Discovery, Lab, Node, NodeMount, Samba};
use std::fmt::Write as _;

/// The whole script. `files` are the paths of what it puts in place, such as `etc/nomad.d/nomad.hcl`.
pub(super) fn script(analysis: &Analysis<'_>, facts: &NodeFacts<'_>, files: &[String]) -> String {
    let (lab, node) = (analysis.lab, facts.node);
    let mut data = String::new();
    for (name, value) in [
        ("node", node.name.as_str()),
        ("address", &node.address.value.to_string()),
        ("arch", node.arch.value.name()),
        ("distribution", distribution(node)),
        ("bridge", if needs_plugins(analysis, facts) { "true" } else { "false" }),
        ("client", if node.client { "true" } else { "false" }),
    ] {
        let _ = writeln!(data, "{name}={}", sh(value));
    }
    function(&mut data, "programs", programs(lab, node));
    function(&mut data, "files", files.iter().map(|file| format!("file {} {}", sh(file), owner(file))));
    function(&mut data, "mounts", node.mounts.iter().map(mount));
    function(&mut data, "folders", folders_of(node));
    function(&mut data, "units", services(lab, node));
    function(&mut data, "accounts", accounts(node).map(|user| format!("account {}", sh(user))));
    with_data(include_str!("install.sh.in"), data.trim_end())
}

/// A shell function of one command a line; one that does nothing where there are none.
fn function(text: &mut String, name: &str, lines: impl IntoIterator<Item = String>) {
    text.push('\n');
    push_function(text, name, |text| lines.into_iter().for_each(|line| text.extend(["    ", &line, "\n"])));
}

/// Whose repository Docker's packages come from. The one for Raspbian is for 32-bit systems only.
fn distribution(node: &Node) -> &str {
    if node.os == "ubuntu" { "ubuntu" } else { "debian" }
}

/// Whether something here needs the plugins of the container network interface.
fn needs_plugins(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> bool {
    let mut modes = facts.groups.iter().filter_map(|at| analysis.groups[*at].group.network_mode.as_ref());
    modes.any(|mode| mode.value == "bridge" || mode.value.starts_with("cni/"))
}

/// Lines `program COMMAND PACKAGE…`: the packages are installed where the command isn't there.
fn programs(lab: &Lab, node: &Node) -> Vec<String> {
    let mut lines = vec!["program ufw ufw".to_owned()];
    if units::runs_docker(node) {
        lines.push("program dockerd docker-ce docker-ce-cli containerd.io".to_owned());
    }
    lines.push("program nomad nomad".to_owned());
    if lab.discovery == Discovery::Consul {
        lines.push("program consul consul".to_owned());
    }
    lines.extend(node.daemons.iter().map(|daemon| match daemon {
        Daemon::Dnsmasq(_) => "program dnsmasq dnsmasq".to_owned(),
        Daemon::Samba(_) => "program smbd samba".to_owned(),
    }));
    let kinds = node.mounts.iter().filter_map(|mount| match mount.kind.as_str() {
        "nfs" | "nfs4" => Some("program mount.nfs nfs-common"),
        "cifs" | "smb3" => Some("program mount.cifs cifs-utils"),
        "glusterfs" | "fuse.glusterfs" => Some("program mount.glusterfs glusterfs-client"),
        "btrfs" => Some("program btrfs btrfs-progs"),
        "xfs" => Some("program xfs_repair xfsprogs"),
        _ => None,
    });
    for line in kinds {
        if !lines.iter().any(|known| known == line) {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// Which daemon reads a file.
fn owner(file: &str) -> &'static str {
    let starts = |folder: &str| file.starts_with(folder);
    match () {
        () if starts("etc/nomad.d/") || starts("etc/systemd/system/nomad.service.d/") => "nomad",
        () if starts("etc/consul.d/") || starts("etc/systemd/system/consul.service.d/") => "consul",
        () if starts("etc/dnsmasq.d/") => "dnsmasq",
        () if starts("etc/samba/") || starts("etc/systemd/system/smbd.service.d/") => "samba",
        () if file.ends_with(".mount") => "mount",
        () => "docker",
    }
}

fn mount(mount: &NodeMount) -> String {
    format!("mount_unit {} {}", sh(&units::mount_unit(mount)), sh(&mount.path))
}

/// Lines `folder PATH MOUNT OWNER`: the folders of host volumes and shares.
fn folders_of(node: &Node) -> Vec<String> {
    let line = |path: &str, owner: Option<(u32, u32)>| {
        let mount = mount_of(node, path).map_or("", |mount| mount.path.as_str());
        let owner = owner.map(|(user, group)| format!("{user}:{group}")).unwrap_or_default();
        format!("folder {} {} {}", sh(path), sh(mount), sh(&owner))
    };
    let volumes = node.host_volumes.iter().map(|volume| line(&volume.path, volume.owner));
    let shares = samba(node).into_iter().flat_map(|samba| &samba.shares).map(|share| line(&share.path, None));
    let mut lines: Vec<String> = volumes.collect();
    for line in shares {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

fn samba(node: &Node) -> Option<&Samba> {
    node.daemons.iter().find_map(|daemon| match daemon {
        Daemon::Samba(samba) => Some(samba),
        Daemon::Dnsmasq(_) => None,
    })
}

/// Lines `unit UNIT DAEMON` in the order in which they are started. Docker is only started, never restarted: that would stop
/// every container.
fn services(lab: &Lab, node: &Node) -> Vec<String> {
    let mut lines = Vec::new();
    if units::runs_docker(node) {
        lines.push("unit docker.service never".to_owned());
    }
    if lab.discovery == Discovery::Consul {
        lines.push("unit consul.service consul".to_owned());
    }
    lines.push("unit nomad.service nomad".to_owned());
    for daemon in &node.daemons {
        match daemon {
            Daemon::Dnsmasq(_) => lines.push("unit dnsmasq.service dnsmasq".to_owned()),
            Daemon::Samba(_) => {
                lines.extend(["unit smbd.service samba".to_owned(), "unit nmbd.service samba".to_owned()])
            }
        }
    }
    lines
}

fn accounts(node: &Node) -> impl Iterator<Item = &str> {
    let users = samba(node).into_iter().flat_map(|samba| &samba.shares).flat_map(|share| &share.users);
    let mut users: Vec<&str> = users.map(String::as_str).collect();
    users.sort_unstable();
    users.dedup();
    users.into_iter()
}
