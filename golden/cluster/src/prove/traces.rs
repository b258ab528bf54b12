//! What a cluster could leave behind on this computer.

use std::collections::BTreeMap;
use std::process::Command;

use super::{Verdict, ensure};
use crate::program::succeed;

/// What is looked at, and how. None of it changes by itself on a computer that only builds.
const LOOKS: [(&str, &str); 7] = [
    ("links", "ip -o link | sed 's/^[0-9]*: //'"),
    ("addresses and routes", "ip -o -4 addr; ip route"),
    ("firewall", "{ iptables-save; ip6tables-save; cat /proc/sys/net/ipv4/ip_forward; } 2>/dev/null | grep -v '^[#:]'"),
    ("mounts", "grep -E 'hlmc-cluster|/cluster/machines|^overlay|nsfs' /proc/self/mounts | cut -d' ' -f1-3"),
    // A machine's processes are in process namespaces of its own.
    ("processes", "for process in /proc/[0-9]*; do readlink \"$process/ns/pid\"; done 2>/dev/null | sort -u"),
    ("control groups", "find /sys/fs/cgroup -type d -path '*hlmc-cluster*'"),
    ("files", FILES),
];

/// What would lie about if a machine wrote to this computer's file system in place of its own.
const FILES: &str = "ls -d /etc/*.d /etc/ufw/* /opt/* /var/lib/* /var/log/* /run/*.sock /run/*.pid /run/units /home/* /media/* \
    / /*; sha256sum /etc/passwd /etc/hosts /etc/resolv.conf /etc/ufw/*; hostname";

/// What there is.
pub(super) fn look() -> Result<BTreeMap<&'static str, String>, String> {
    let see = |script| succeed(Command::new("sh").args(["-c", &format!("{{ {script}; }} || :")]));
    LOOKS.iter().map(|(what, script)| Ok((*what, see(script)?))).collect()
}

/// Whether nothing has changed.
pub(super) fn compare(before: &BTreeMap<&str, String>, after: &BTreeMap<&str, String>) -> Verdict {
    let changed = before.iter().filter(|(what, was)| after.get(*what) != Some(*was));
    let changed: Vec<String> =
        changed.map(|(what, was)| format!("{what}, before:\n{was}after:\n{}", after[what])).collect();
    ensure(changed.is_empty(), || changed.join("\n"))
}
