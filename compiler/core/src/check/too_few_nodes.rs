//! `too-few-nodes`: instances that have to lie on different nodes, and too few of those.

use crate::analyze::room::apart;
use crate::analyze::{Analysis, GroupFacts, ServiceFacts, known, violator};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Constraint;
use std::collections::BTreeSet;

code!(
    Error,
    "too-few-nodes",
    "too_few_nodes.md",
    "instances have to lie on different nodes, and there are too few of those"
);

/// Reports groups with more instances than nodes, or values of a property of those, that no two of them may share.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups.iter().filter(|facts| matches!(facts.service.kind.as_str(), "service" | "batch")) {
        let nodes = facts.nodes.len();
        let count = usize::try_from(facts.group.count.value).unwrap_or(usize::MAX);
        let distinct = facts.group.constraints.iter().find(|it| it.operator == "distinct_hosts");
        if let Some(distinct) = distinct.filter(|_| apart(facts.group) && nodes > 0 && count > nodes) {
            sink.push(too_few_nodes(facts, count, nodes).also(distinct.span, "no two on one node"));
            continue;
        }
        let properties = facts.group.constraints.iter().filter(|it| it.operator == "distinct_property");
        for property in properties {
            if let Some((values, most)) = places(analysis, facts, property).filter(|(_, most)| count > *most) {
                sink.push(too_few_values(facts, property, count, values, most));
            }
        }
    }
    if of.groups.len() > 1 {
        whole_job(analysis, of.groups, sink);
    }
}

/// How many values a property has on the nodes of a group, and how many instances that makes; nothing where the manifests don't
/// tell. A node without the property takes none.
fn places(analysis: &Analysis<'_>, facts: &GroupFacts<'_>, property: &Constraint) -> Option<(usize, usize)> {
    let each = if property.value.is_empty() { 1 } else { property.value.parse().ok()? };
    let nodes = facts.eligible().map(|node| &analysis.lab.nodes[node]);
    let values =
        nodes.map(|node| known(&property.attribute, node, analysis.lab)).collect::<Option<BTreeSet<&str>>>()?;
    Some((values.len(), values.len().saturating_mul(each)))
}

fn too_few_nodes(facts: &GroupFacts<'_>, count: usize, nodes: usize) -> Diagnostic {
    let name = &facts.service.name.value;
    let can = if nodes == 1 { "1 node can run it".to_owned() } else { format!("{nodes} nodes can run it") };
    let message = format!("`{name}` wants {count} instances on different nodes, and only {can}");
    Diagnostic::new(&CODE, message, facts.group.count.span, format!("{count} instances"))
        .help(format!("write `count {nodes}`, or let it run on more nodes"))
}

fn too_few_values(
    facts: &GroupFacts<'_>,
    property: &Constraint,
    count: usize,
    values: usize,
    most: usize,
) -> Diagnostic {
    let (name, attribute) = (&facts.service.name.value, &property.attribute);
    let differ = if values == 1 { "has 1 value".to_owned() } else { format!("has {values} values") };
    let message =
        format!("`{name}` wants {count} instances, and `{attribute}`, which they may not share, {differ} on its nodes");
    Diagnostic::new(&CODE, message, facts.group.count.span, format!("{count} instances"))
        .also(property.span, format!("room for {most}"))
        .help(format!("write `count {most}`, or let it run on nodes that differ more"))
}

/// Groups of one job that may not share nodes, by a constraint of the job.
fn whole_job(analysis: &Analysis<'_>, groups: &[GroupFacts<'_>], sink: &mut Sink) {
    let service = groups[0].service;
    let mut constraints = service.job.body.blocks("constraint");
    let own = |block: &&crate::nomad::form::Block| {
        block.body.bool("distinct_hosts").is_some_and(|distinct| distinct.value)
            || block.body.str("operator").is_some_and(|operator| operator.value == "distinct_hosts")
    };
    let Some(distinct) =
        constraints.find(own).filter(|_| service.kind != "system" && groups.iter().all(|it| apart(it.group)))
    else {
        return;
    };
    // What is wrong with one group by itself is told there.
    let counts = |facts: &GroupFacts<'_>| usize::try_from(facts.group.count.value).unwrap_or(usize::MAX);
    if groups.iter().any(|facts| counts(facts) > facts.nodes.len()) {
        return;
    }
    let demands: Vec<(&[usize], u64)> =
        groups.iter().map(|facts| (facts.nodes.as_slice(), facts.group.count.value)).collect();
    let Some(inside) = violator(&demands, &vec![1; analysis.lab.nodes.len()]) else { return };
    let names: Vec<String> = inside.iter().map(|at| format!("`{}`", groups[*at].group.name.value)).collect();
    let nodes: BTreeSet<usize> = inside.iter().flat_map(|at| groups[*at].eligible()).collect();
    let total: usize = inside.iter().map(|at| counts(&groups[*at])).sum();
    let message = format!(
        "the groups {} of `{}` want {total} different nodes, and only {} can run them",
        names.join(", "),
        service.name.value,
        nodes.len()
    );
    sink.push(
        Diagnostic::new(&CODE, message, distinct.span, "no two instances on one node")
            .help("lower a `count`, let a group run on more nodes, or put the constraint into the groups"),
    );
}
