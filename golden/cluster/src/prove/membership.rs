//! The nodes have found each other.

use std::collections::BTreeSet;

use super::{Verdict, ensure};
use crate::agents::{list, text};
use crate::cluster::Cluster;

/// Every node of the lab, and nobody else, is ready in Nomad and alive in Consul; the servers are those of the lab.
pub(super) fn every_node_is_a_member(cluster: &Cluster) -> Verdict {
    let lab = &cluster.facts.lab;
    let expected: BTreeSet<String> = lab.nodes.iter().map(|node| node.name.value.clone()).collect();
    let nodes = cluster.nomad_nodes()?;
    ensure(nodes.keys().cloned().collect::<BTreeSet<_>>() == expected, || format!("Nomad's nodes are {nodes:?}"))?;
    ensure(nodes.values().all(|status| status == "ready"), || format!("Nomad's nodes are {nodes:?}"))?;
    let members = cluster.server()?.shell("consul members | awk 'NR > 1 { print $1, $3, $4 }'")?;
    let found: BTreeSet<&str> = members.lines().collect();
    let kind = |server| if server { "server" } else { "client" };
    let wanted: BTreeSet<String> =
        lab.nodes.iter().map(|node| format!("{} alive {}", node.name.value, kind(node.server))).collect();
    ensure(wanted.iter().map(String::as_str).eq(found), || format!("Consul's members are:\n{members}"))?;
    let servers = cluster.nomad("/v1/agent/members")?;
    let names: BTreeSet<String> = list(&servers["Members"])
        .iter()
        .map(|member| format!("{} {}", text(member, "Name"), text(member, "Status")))
        .collect();
    let wanted: BTreeSet<String> =
        lab.servers().map(|node| format!("{}.{} alive", node.name.value, lab.region)).collect();
    ensure(names == wanted, || format!("Nomad's servers are {names:?}"))
}
