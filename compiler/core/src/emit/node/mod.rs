//! Everything below `nodes/`: exactly the files of each machine, and the script that puts them in place.

mod consul;
mod draft;
mod network;
mod nomad;
mod ports;
#[cfg(test)]
mod tests;

use crate::analyze::{Analysis, NodeFacts};
use crate::bundle::Artifact;
use crate::model::Discovery;
use crate::nomad::form::Body;
use crate::nomad::hcl::{self, Dialect};
use rayon::prelude::*;

/// The files of all nodes.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    analysis.nodes.par_iter().flat_map_iter(|facts| node(analysis, facts)).collect()
}

fn node(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> Vec<Artifact> {
    let folder = format!("nodes/{}", facts.node.name.value);
    let mut files =
        vec![agent("nomad-agent", format!("{folder}/etc/nomad.d/nomad.hcl"), &nomad::agent(analysis, facts))];
    if analysis.lab.discovery == Discovery::Consul {
        let body = consul::agent(analysis, facts.node);
        files.push(agent("consul-agent", format!("{folder}/etc/consul.d/consul.hcl"), &body));
    }
    files
}

fn agent(kind: &'static str, path: String, body: &Body) -> Artifact {
    Artifact::text(kind, path, hcl::write(body, Dialect::Hcl1))
}
