//! What has to be there before jobs are: Nomad's namespaces and node pools.

use crate::analyze::Analysis;
use crate::bundle::Artifact;
use crate::model::{Lab, Namespace};
use crate::nomad::form::{Block, Body, Value};
use crate::nomad::hcl::{Dialect, write};
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// A specification for each namespace and each node pool that Nomad doesn't have by itself.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    let namespaces = namespaces(analysis.lab).map(|namespace| {
        let text = write(&namespace_body(namespace), Dialect::Hcl1);
        Artifact::text("nomad-namespace", namespace_path(&namespace.name), text)
    });
    let pools = pools(analysis.lab).into_iter().map(|(name, span)| {
        Artifact::text("nomad-node-pool", pool_path(name), write(&pool_body(name, span), Dialect::Hcl2))
    });
    namespaces.chain(pools).collect()
}

/// The namespaces that have to be made.
pub(super) fn namespaces(lab: &Lab) -> impl Iterator<Item = &Namespace> {
    lab.namespaces.iter().filter(|namespace| namespace.name.value != "default")
}

/// The node pools that have to be made, by name: those of nodes, beside the two that are always there.
pub(super) fn pools(lab: &Lab) -> BTreeMap<&str, Span> {
    let pools = lab.nodes.iter().map(|node| (node.pool.value.as_str(), node.pool.span));
    pools.filter(|(name, _)| !matches!(*name, "default" | "all")).rev().collect()
}

/// Where a namespace's specification lies in `out/`.
pub(super) fn namespace_path(name: &str) -> String {
    format!("nomad/namespaces/{name}.hcl")
}

/// Where a node pool's specification lies in `out/`.
pub(super) fn pool_path(name: &str) -> String {
    format!("nomad/node-pools/{name}.hcl")
}

fn namespace_body(namespace: &Namespace) -> Body {
    let mut body = Body::default();
    body.set("name", Value::str(&namespace.name.value, namespace.name.span));
    if !namespace.description.is_empty() {
        body.set("description", Value::str(&namespace.description, namespace.name.span));
    }
    body
}

fn pool_body(name: &str, span: Span) -> Body {
    let block = Block::labelled("node_pool", Spanned::new(name.to_owned(), span), span);
    Body { attributes: Vec::new(), blocks: vec![block] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fixture::{analysis, at_nowhere, lab, node};

    #[test]
    fn namespaces_and_pools_become_specifications() {
        let mut lab = lab();
        let description = "Bitcoin \"full\" node".to_owned();
        lab.namespaces = vec![
            Namespace { name: at_nowhere("bitcoin"), description },
            Namespace { name: at_nowhere("default"), description: String::new() },
        ];
        lab.nodes = vec![node("nas", 119, true), node("pi5-1", 120, false), node("pi5-2", 121, false)];
        lab.nodes[1].pool = at_nowhere("edge");
        lab.nodes[2].pool = at_nowhere("edge");
        let artifacts = artifacts(&analysis(&lab));
        let files: Vec<(&str, &str)> =
            artifacts.iter().map(|it| (it.path.as_str(), std::str::from_utf8(&it.bytes).unwrap())).collect();
        assert_eq!(
            files,
            [
                (
                    "nomad/namespaces/bitcoin.hcl",
                    "name        = \"bitcoin\"\ndescription = \"Bitcoin \\\"full\\\" node\"\n"
                ),
                ("nomad/node-pools/edge.hcl", "node_pool \"edge\" {}\n"),
            ]
        );
    }
}
