//! `prefers-nobody`: an affinity or a target of a spread that no node has.

use crate::analyze::{Analysis, ServiceFacts, holds, known};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::Lab;
use crate::nomad::form::{Block, Body};
use crate::source::Spanned;
use std::collections::BTreeSet;

code!(Warning, "prefers-nobody", "prefers_nobody.md", "a job prefers nodes that there aren't");

/// Reports affinities and spreads, of the job, its groups and its tasks, that no node is meant by.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let lab = analysis.lab;
    if lab.more_nodes || lab.nodes.is_empty() {
        return;
    }
    let job = &of.service.job.body;
    preferred(lab, job, sink);
    for facts in of.groups {
        preferred(lab, &facts.block.body, sink);
        facts.block.body.blocks("task").for_each(|task| preferred(lab, &task.body, sink));
    }
}

fn preferred(lab: &Lab, body: &Body, sink: &mut Sink) {
    for block in &body.blocks {
        match &*block.name {
            "affinity" => {
                let operator = block.body.str("operator").map_or("=", |operator| operator.value);
                let equal = matches!(operator, "" | "=" | "==" | "is" | "set_contains_any");
                if let Some(value) = block.body.str("value").filter(|_| equal) {
                    nobody(lab, block, operator, value, sink);
                }
            }
            "spread" => {
                for target in block.body.blocks("target").filter_map(Block::label) {
                    nobody(lab, block, "=", Spanned::new(target.as_str(), target.span), sink);
                }
            }
            _ => {}
        }
    }
}

fn nobody(lab: &Lab, block: &Block, operator: &str, value: Spanned<&str>, sink: &mut Sink) {
    let Some(attribute) = block.body.str("attribute").filter(|it| is_told(it.value) && !value.value.contains("${"))
    else {
        return;
    };
    let operator = if operator.is_empty() { "=" } else { operator };
    let has = |text: &str| holds(operator, Some(text), Some(value.value)).unwrap_or(true);
    if lab.nodes.iter().any(|node| known(attribute.value, node, lab).is_some_and(has)) {
        return;
    }
    let message = format!(
        "no node has `{}` as `{}`, which `{}` prefers",
        value.value.escape_debug(),
        attribute.value.trim_start_matches("${").trim_end_matches('}'),
        block.name
    );
    let all: BTreeSet<&str> = lab.nodes.iter().filter_map(|node| known(attribute.value, node, lab)).collect();
    let diagnostic = Diagnostic::new(&CODE, message, value.span, "no node has it");
    let near = nearest(value.value, all.iter().copied());
    let list = || all.iter().filter(|it| !it.is_empty()).map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    sink.push(match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if all.iter().all(|it| it.is_empty()) => diagnostic.help("no node has a value there; leave it out"),
        None => diagnostic.help(format!("nodes have {}", list())),
    });
}

/// Whether manifests tell all there is to know of an attribute.
fn is_told(attribute: &str) -> bool {
    matches!(
        attribute,
        "${node.class}" | "${node.pool}" | "${node.datacenter}" | "${node.unique.name}" | "${attr.cpu.arch}"
    ) || attribute.starts_with("${meta.") && !attribute.starts_with("${meta.connect.")
}
