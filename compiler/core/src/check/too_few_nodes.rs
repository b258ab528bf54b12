//! `too-few-nodes`: instances that have to lie on different nodes, and too few of those.

use crate::analyze::{Analysis, GroupFacts};
use crate::diagnostic::{Diagnostic, Sink, code};

code!(
    Error,
    "too-few-nodes",
    "too_few_nodes.md",
    "instances have to lie on different nodes, and there are too few of those"
);

/// Reports each group with `distinct-hosts` and more instances than nodes that can run it.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for facts in &analysis.groups {
        let distinct = facts.group.constraints.iter().find(|it| it.operator == "distinct_hosts" && it.value != "false");
        let nodes = facts.eligible().count();
        let count = usize::try_from(facts.group.count.value).unwrap_or(usize::MAX);
        let service = matches!(facts.service.kind.as_str(), "service" | "batch");
        if let Some(distinct) = distinct.filter(|_| service && nodes > 0 && count > nodes) {
            sink.push(too_few_nodes(facts, count, nodes).also(distinct.span, "no two on one node"));
        }
    }
}

fn too_few_nodes(facts: &GroupFacts<'_>, count: usize, nodes: usize) -> Diagnostic {
    let name = &facts.service.name.value;
    let can = if nodes == 1 { "1 node can run it".to_owned() } else { format!("{nodes} nodes can run it") };
    let message = format!("`{name}` wants {count} instances on different nodes, and only {can}");
    Diagnostic::new(&CODE, message, facts.group.count.span, format!("{count} instances"))
        .help(format!("write `count {nodes}`, or let it run on more nodes"))
}
