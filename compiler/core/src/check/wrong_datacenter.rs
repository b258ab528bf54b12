//! `wrong-datacenter`: a job that names another datacenter than the lab's.

use crate::analyze::{Analysis, Obstacle};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::source::Span;

code!(Error, "wrong-datacenter", "wrong_datacenter.md", "a job names another datacenter than the lab's");

/// Reports each job whose `datacenters` leave out the lab's.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for facts in &analysis.groups {
        let span = facts.verdicts.iter().flatten().find_map(|obstacle| match obstacle {
            Obstacle::Datacenter(span) => Some(*span),
            _ => None,
        });
        if let Some(span) = span {
            sink.push(wrong_datacenter(&facts.service.name.value, &analysis.lab.datacenter, span));
        }
    }
}

fn wrong_datacenter(job: &str, datacenter: &str, span: Span) -> Diagnostic {
    let message = format!("`{job}` asks for another datacenter than `{datacenter}`, the lab's only one");
    Diagnostic::new(&CODE, message, span, "no node is there").help("leave `datacenters` out: every job gets the lab's")
}
