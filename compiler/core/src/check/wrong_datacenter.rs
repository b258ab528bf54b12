//! `wrong-datacenter`: a job that names another datacenter than the lab's.

use crate::analyze::{Analysis, Obstacle};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::source::{Span, Spanned};

code!(Error, "wrong-datacenter", "wrong_datacenter.md", "a job names another datacenter than the lab's");

/// Reports each job whose `datacenters` leave out the lab's, and each node whose agents are told of another one.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in &analysis.lab.nodes {
        for (agent, body) in [("Nomad", &node.nomad), ("Consul", &node.consul)] {
            if let Some(other) = body.str("datacenter").filter(|other| other.value != analysis.lab.datacenter) {
                sink.push(of_agent(agent, &node.name.value, other, &analysis.lab.datacenter));
            }
        }
    }
    for facts in analysis.groups.iter().filter(|facts| facts.nodes.is_empty()) {
        let span = analysis.obstacles(facts).find_map(|(_, obstacle)| match obstacle {
            Some(Obstacle::Datacenter(span)) => Some(span),
            _ => None,
        });
        if let Some(span) = span {
            sink.push(wrong_datacenter(&facts.service.name.value, &analysis.lab.datacenter, span));
        }
    }
}

fn of_agent(agent: &str, node: &str, other: Spanned<&str>, datacenter: &str) -> Diagnostic {
    let message =
        format!("the {agent} agent of `{node}` is in datacenter `{}`, the lab in `{datacenter}`", other.value);
    Diagnostic::new(&CODE, message, other.span, "no job of the lab would run here")
        .help("leave `datacenter` out: every agent gets the lab's")
}

fn wrong_datacenter(job: &str, datacenter: &str, span: Span) -> Diagnostic {
    let message = format!("`{job}` asks for another datacenter than `{datacenter}`, the lab's only one");
    Diagnostic::new(&CODE, message, span, "no node is there").help("leave `datacenters` out: every job gets the lab's")
}
