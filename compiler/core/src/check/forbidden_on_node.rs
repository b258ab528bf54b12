//! `forbidden-on-node`: a node's own configuration of Docker takes away what a service needs that may run there.

use super::brought_in;
use crate::analyze::{Analysis, GroupFacts, NodeFacts};
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Group, Service, Task};
use crate::nomad::form::Body;
use crate::source::Span;

code!(Error, "forbidden-on-node", "forbidden_on_node.md", "a node forbids what a service needs that may run there");

/// Reports, once for each switch of a node, the first service that needs what it turns off.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for facts in &analysis.nodes {
        let plugins = facts.node.nomad.blocks("plugin");
        let docker = plugins.filter(|plugin| plugin.label().is_some_and(|name| name.value == "docker"));
        for config in docker.flat_map(|plugin| plugin.body.blocks("config")) {
            forbidden(analysis, facts, &config.body, sink);
        }
    }
}

fn forbidden(analysis: &Analysis<'_>, facts: &NodeFacts<'_>, config: &Body, sink: &mut Sink) {
    let volumes = config.block("volumes").and_then(|volumes| volumes.body.bool("enabled"));
    if let Some(switch) = volumes.filter(|enabled| !enabled.value) {
        let mounts = |task: &Task| task.mounts.first().map(|mount| (mount.source.span, "mounts a path of the node"));
        report(analysis, facts, switch.span, &mounts, sink);
    }
    if let Some(switch) = config.bool("allow_privileged").filter(|allowed| !allowed.value) {
        let privileged = |task: &Task| task.privileged.map(|span| (span, "wants full access to the node"));
        report(analysis, facts, switch.span, &privileged, sink);
    }
    if let Some(list) = config.attribute("allow_caps") {
        let allowed: Vec<String> = config.strings("allow_caps").map(|name| plain(name.value)).collect();
        let may = |name: &str| allowed.iter().any(|known| known == name || known == "all");
        let capability = |task: &Task| {
            let missing = task.capabilities.iter().find(|name| !may(&plain(name)));
            missing.map(|name| (name.span, "wants a capability that isn't in the list"))
        };
        report(analysis, facts, list.value.span, &capability, sink);
    }
}

/// A capability as Docker's driver compares it.
fn plain(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    name.strip_prefix("cap_").unwrap_or(&name).to_owned()
}

/// What a task needs: where that is written, and what it is.
type Needs<'n> = &'n dyn Fn(&Task) -> Option<(Span, &'static str)>;

fn report(analysis: &Analysis<'_>, facts: &NodeFacts<'_>, switch: Span, needs: Needs<'_>, sink: &mut Sink) {
    let here = facts.groups.iter().filter_map(|at| analysis.groups.get(*at));
    let mut found: Vec<_> = here.filter_map(|group| Some((group, first(group.group, needs)?))).collect();
    // First what is sure to be placed here.
    let may_be_elsewhere =
        |group: &GroupFacts<'_>| group.nodes.len() > 1 && !matches!(group.service.kind.as_str(), "system" | "sysbatch");
    found.sort_by_key(|(group, _)| may_be_elsewhere(group));
    let Some((group, place)) = found.first() else { return };
    let mut diagnostic = forbidden_on_node(analysis, group.service, facts, switch, *place);
    if may_be_elsewhere(group) {
        diagnostic.severity = Severity::Warning;
    }
    sink.push(diagnostic);
}

fn first(group: &Group, needs: Needs<'_>) -> Option<(Span, &'static str)> {
    group.tasks.iter().filter(|task| task.driver.value == "docker").find_map(needs)
}

fn forbidden_on_node(
    analysis: &Analysis<'_>,
    service: &Service,
    facts: &NodeFacts<'_>,
    switch: Span,
    (place, what): (Span, &str),
) -> Diagnostic {
    let (name, node) = (&service.name.value, &facts.node.name.value);
    let message = format!("`{name}` may run on `{node}`, whose Docker is told not to allow what it needs");
    let mut diagnostic =
        Diagnostic::new(&CODE, message, switch, format!("forbidden on `{node}`")).also(place, format!("{what} here"));
    if let Some(place) = brought_in(analysis.lab, service, place) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help(format!(
        "take it out, since what nothing needs is forbidden anyway, or keep `{name}` off `{node}` with `on`"
    ))
}
