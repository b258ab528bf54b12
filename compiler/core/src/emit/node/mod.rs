//! Everything below `nodes/`: exactly the files of each machine, and the script that puts them in place.

mod consul;
mod dnsmasq;
mod draft;
mod firewall;
mod install;
mod network;
mod nomad;
mod ports;
mod samba;
#[cfg(test)]
mod tests;
mod units;

use crate::analyze::{Analysis, NodeFacts};
use crate::bundle::{Artifact, IsThere};
use crate::model::{Daemon, Discovery};
use crate::nomad::form::Body;
use crate::nomad::hcl::{self, Dialect};
use crate::source::AT_ONCE;
use firewall::Addresses;
pub(super) use firewall::{Who, let_in};
use rayon::prelude::*;

/// The files of all nodes, finished.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>, is_there: &IsThere<'_>) -> Vec<Artifact> {
    let addresses = Addresses::of(analysis.lab);
    let nodes = analysis.nodes.par_iter().with_max_len(AT_ONCE);
    let files = nodes.flat_map_iter(|facts| node(analysis, facts, &addresses));
    files.update(|artifact| artifact.finish(is_there)).collect()
}

/// The files that lie on one machine, then the scripts that bring them there.
fn node(analysis: &Analysis<'_>, facts: &NodeFacts<'_>, addresses: &Addresses) -> Vec<Artifact> {
    let (lab, node) = (analysis.lab, facts.node);
    let mut files = vec![agent("nomad-agent", "etc/nomad.d/nomad.hcl", &nomad::agent(analysis, facts))];
    if lab.discovery == Discovery::Consul {
        files.push(agent("consul-agent", "etc/consul.d/consul.hcl", &consul::agent(analysis, node)));
    }
    for (name, text) in units::units(lab, node) {
        let kind = if name.ends_with(".mount") { "systemd-mount" } else { "systemd-drop-in" };
        files.push(Artifact::text(kind, format!("etc/systemd/system/{name}"), text));
    }
    files.extend(node.daemons.iter().map(|daemon| match daemon {
        Daemon::Dnsmasq(it) => {
            Artifact::text("dnsmasq", "etc/dnsmasq.d/hlmc.conf", dnsmasq::config(analysis, node, it))
        }
        Daemon::Samba(it) => Artifact::text("samba", "etc/samba/smb.conf", samba::config(lab, node, it)),
    }));
    let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
    files.push(Artifact::script("install.sh", install::script(analysis, facts, &paths)));
    files.push(Artifact::script("ufw.sh", firewall::script(analysis, facts, addresses)));
    for file in &mut files {
        file.path = format!("nodes/{}/{}", node.name.value, file.path);
        file.source = Some(node.manifest.clone());
    }
    files
}

fn agent(kind: &'static str, path: &str, body: &Body) -> Artifact {
    Artifact::text(kind, path, hcl::write(body, Dialect::Hcl1))
}
