//! `prefers-nobody`: an affinity or a target of a spread that no node has.

use crate::analyze::{Analysis, GroupFacts, ServiceFacts, holds, known};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Lab, Node};
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
        let before = sink.found();
        preferred(lab, &facts.block.body, sink);
        facts.block.body.blocks("task").for_each(|task| preferred(lab, &task.body, sink));
        if sink.found() == before {
            let affinities = job.blocks("affinity").chain(facts.block.body.blocks("affinity"));
            affinities.filter_map(|block| never(lab, facts, block)).for_each(|it| sink.push(it));
        }
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

/// An affinity to nodes that are there, and on which the group can't run.
fn never(lab: &Lab, facts: &GroupFacts<'_>, block: &Block) -> Option<Diagnostic> {
    let equal = block.body.str("operator").is_none_or(|it| matches!(it.value, "" | "=" | "==" | "is"));
    let value = block.body.str("value").filter(|it| equal && !it.value.contains("${"))?;
    let attribute = block.body.str("attribute").filter(|it| is_told(it.value))?;
    let avoids = block.body.int("weight").is_some_and(|weight| weight.value < 0);
    let means = |node: &Node| known(attribute.value, node, lab) == Some(value.value);
    let meant = lab.nodes.iter().any(means);
    if avoids || !meant || facts.nodes.is_empty() || facts.eligible().filter_map(|at| lab.nodes.get(at)).any(means) {
        return None;
    }
    let message = format!(
        "`{}` prefers nodes whose `{}` is `{}`, and can run on none of them",
        facts.service.name.value,
        attribute.value.trim_start_matches("${").trim_end_matches('}'),
        value.value.escape_debug()
    );
    let diagnostic = Diagnostic::new(&CODE, message, value.span, "never chosen");
    Some(diagnostic.help("leave the wish out, or what keeps the service from there"))
}

/// Whether manifests tell all there is to know of an attribute.
fn is_told(attribute: &str) -> bool {
    matches!(
        attribute,
        "${node.class}" | "${node.pool}" | "${node.datacenter}" | "${node.unique.name}" | "${attr.cpu.arch}"
    ) || attribute.starts_with("${meta.") && !attribute.starts_with("${meta.connect.")
}
