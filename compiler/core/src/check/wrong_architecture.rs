//! `wrong-architecture`: an image that isn't made for a node where its service may be placed.

use super::brought_in;
use super::volume_missing::{names, pin, place_help};
use crate::analyze::{Analysis, GroupFacts, Obstacle, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Node, Platforms};
use crate::source::Spanned;

code!(
    Error,
    "wrong-architecture",
    "wrong_architecture.md",
    "an image isn't made for a node where its service may be placed"
);

/// Reports each image whose stated architectures leave out a node that the service may be placed on, and each that by the lock is
/// made for none of them. Where the lock leaves out some, the job is kept to the others.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        if let Some((image, stated)) = made_for_none(facts) {
            sink.push(nowhere(analysis.lab, facts, image, stated));
        } else if !facts.nodes.is_empty()
            && let Some(diagnostic) = wrong_architecture(analysis.lab, facts)
        {
            sink.push(diagnostic);
        }
    }
}

/// The image that keeps a group from all nodes that its job asks for, where the lock says so and nothing else is in the way.
pub(super) fn made_for_none<'l>(facts: &GroupFacts<'l>) -> Option<(&'l Spanned<String>, &'l Platforms)> {
    let mut culprit = None;
    for (_, obstacle) in facts.lacking.iter().filter(|_| facts.nodes.is_empty()) {
        let Obstacle::Platform { image, stated } = obstacle else { return None };
        if stated.locked {
            culprit = Some((*image, *stated));
        }
    }
    culprit
}

fn nowhere(lab: &Lab, facts: &GroupFacts<'_>, image: &Spanned<String>, stated: &Platforms) -> Diagnostic {
    let nodes: Vec<&Node> = facts.lacking.iter().filter_map(|(at, _)| lab.nodes.get(*at)).collect();
    let mut arches: Vec<&str> = nodes.iter().map(|node| node.arch.value.name()).collect();
    arches.sort_unstable();
    arches.dedup();
    let service = &facts.service.name.value;
    let (has, lacks) = (names(&nodes), arches.join(" and "));
    let message = format!("`{service}` may only be placed on {has}, and `{}` is not made for {lacks}", image.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, image.span, format!("nothing in it runs on {lacks}"));
    if let Some(place) = brought_in(lab, facts.service, image.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let locked = lab.lock.as_ref().and_then(|lock| lock.image(&stated.image));
    let platforms =
        locked.map_or(&[][..], |locked| &locked.platforms).iter().map(|platform| format!("`{}`", platform.name));
    let platforms = platforms.collect::<Vec<_>>().join(", ");
    diagnostic = diagnostic.also(stated.span, format!("made for {platforms}"));
    if let Some(node) = nodes.first() {
        diagnostic = diagnostic.also(node.arch.span, format!("`{}` is {}", node.name.value, node.arch.value));
    }
    diagnostic.help(format!(
        "take an image that is made for {lacks} too and run `hlmc lock`, or let `{service}` run on another node"
    ))
}

fn wrong_architecture(lab: &Lab, facts: &GroupFacts<'_>) -> Option<Diagnostic> {
    let mut left_out: Vec<&Node> = Vec::new();
    let mut culprit = None;
    for (at, obstacle) in &facts.lacking {
        if let Obstacle::Platform { image, stated } = obstacle
            && !stated.locked
        {
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
    if stated.span != image.span {
        diagnostic = diagnostic.also(stated.span, "its architectures are stated here");
    }
    if let Some(node) = left_out.first() {
        diagnostic = diagnostic.also(node.arch.span, format!("`{}` is {arch}", node.name.value));
    }
    Some(diagnostic.help(format!(
        "{}; or take an image that is made for {arch} too",
        place_help(facts.service, &pin(lab, &eligible))
    )))
}
