//! `port-in-dynamic-range`: a fixed port that Nomad may give to something else first.

use crate::analyze::listen::dynamic_range;
use crate::analyze::{Analysis, GroupFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Node, Port};
use crate::source::Span;

code!(
    Warning,
    "port-in-dynamic-range",
    "port_in_dynamic_range.md",
    "a fixed port is one that Nomad picks from for other services"
);

/// Reports each fixed port in the range of a node on which something else asks for any port.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    // How many groups on each node have ports that Nomad picks.
    let picks: Vec<usize> = analysis
        .nodes
        .iter()
        .map(|facts| facts.groups.iter().filter(|group| is_picked(&analysis.groups[**group])).count())
        .collect();
    for facts in &analysis.groups {
        let own = usize::from(is_picked(facts));
        for (port, fixed) in facts.group.ports.iter().filter_map(|port| Some((port, port.fixed.as_ref()?))) {
            let risky = |node: &usize| {
                let (from, until) = dynamic_range(&analysis.lab.nodes[*node]);
                (from..=until).contains(&fixed.value) && picks[*node] > own
            };
            if let Some(node) = facts.eligible().find(risky) {
                sink.push(in_range(facts, port, fixed.value, fixed.span, &analysis.lab.nodes[node]));
            }
        }
    }
}

fn is_picked(facts: &GroupFacts<'_>) -> bool {
    facts.group.ports.iter().any(|port| port.fixed.is_none())
}

fn in_range(facts: &GroupFacts<'_>, port: &Port, number: u16, span: Span, node: &Node) -> Diagnostic {
    let (service, node_name) = (&facts.service.name.value, &node.name.value);
    let (from, until) = dynamic_range(node);
    let message = format!(
        "port `{}` of `{service}` is {number}, and Nomad picks ports from {from} to {until} on `{node_name}`",
        port.label.value
    );
    // The end that leaves more to pick from.
    let other = if number - from < until - number {
        format!("min_dynamic_port {}", number + 1)
    } else {
        format!("max_dynamic_port {}", number - 1)
    };
    Diagnostic::new(&CODE, message, span, "may be given to another service first").help(format!(
        "take a port outside of {from} to {until}, or give `{node_name}` another range with `nomad {{ client {{ {other} }} }}`"
    ))
}
