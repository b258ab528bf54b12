//! `wrong-architecture`: an image that isn't made for a node where its service may be placed.

use super::volume_missing::{names, pin, place_help};
use crate::analyze::{Analysis, GroupFacts, Obstacle};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Node};

code!(
    Error,
    "wrong-architecture",
    "wrong_architecture.md",
    "an image isn't made for a node where its service may be placed"
);

/// Reports each image whose stated architectures leave out a node that the service may be placed on.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for facts in analysis.groups.iter().filter(|facts| !facts.nodes.is_empty()) {
        if let Some(diagnostic) = wrong_architecture(analysis.lab, facts) {
            sink.push(diagnostic);
        }
    }
}

fn wrong_architecture(lab: &Lab, facts: &GroupFacts<'_>) -> Option<Diagnostic> {
    let mut left_out: Vec<&Node> = Vec::new();
    let mut culprit = None;
    for (at, obstacle) in &facts.lacking {
        if let Obstacle::Platform { image, stated } = obstacle {
            left_out.push(&lab.nodes[*at]);
            culprit = Some((*image, *stated));
        }
    }
    let (image, stated) = culprit?;
    let eligible: Vec<&Node> = facts.eligible().filter_map(|at| lab.nodes.get(at)).collect();
    let arch = left_out.first().map_or("", |node| node.arch.value.name());
    let service = &facts.service.name.value;
    let message =
        format!("`{service}` may be placed on {}, and `{}` is not made for {arch}", names(&left_out), image.value);
    let mut diagnostic =
        Diagnostic::new(&CODE, message, image.span, format!("would die with `exec format error` on {arch}"));
    diagnostic = diagnostic.also(stated, "its architectures are stated here");
    if let Some(node) = left_out.first() {
        diagnostic = diagnostic.also(node.arch.span, format!("`{}` is {arch}", node.name.value));
    }
    Some(diagnostic.help(format!(
        "{}; or take an image that is made for {arch} too",
        place_help(facts.service, &pin(lab, &eligible))
    )))
}
