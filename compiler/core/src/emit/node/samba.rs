//! `smb.conf` of a node that shares folders.

use crate::emit::quote::samba_word;
use crate::model::{Lab, Node, Samba, Share};
use std::fmt::Write as _;

/// The whole file. It answers only on the node's address, only to the lab's networks, and no protocol older than SMB 3.
pub(super) fn config(lab: &Lab, node: &Node, samba: &Samba) -> String {
    let networks: Vec<&str> = super::network::trusted(lab);
    let guests = if samba.shares.iter().any(|share| share.guest) { "Bad User" } else { "Never" };
    let mut text = format!(
        "# Written by hlmc: the shares of `{node}`.
[global]
    workgroup = {workgroup}
    server string = {node}
    server role = standalone server
    server min protocol = SMB3
    interfaces = lo {address}
    bind interfaces only = yes
    hosts allow = 127.0.0.1 {networks}
    hosts deny = ALL
    map to guest = {guests}
    logging = systemd
    load printers = no
    printing = bsd
    printcap name = /dev/null
    disable spoolss = yes
",
        node = node.name.value,
        workgroup = samba.workgroup,
        address = node.address.value,
        networks = networks.join(" "),
    );
    samba.shares.iter().for_each(|it| share(&mut text, it));
    text
}

fn share(text: &mut String, share: &Share) {
    let yes = |truth: bool| if truth { "yes" } else { "no" };
    let _ = write!(text, "\n[{}]\n    path = {}\n", share.name.value, share.path.value);
    if let Some(comment) = &share.comment {
        let _ = writeln!(text, "    comment = {comment}");
    }
    if !share.users.is_empty() {
        let users: Vec<String> = share.users.iter().map(|user| samba_word(user)).collect();
        let _ = writeln!(text, "    valid users = {}", users.join(" "));
    }
    let _ = writeln!(text, "    read only = {}\n    guest ok = {}", yes(share.read_only), yes(share.guest));
}
