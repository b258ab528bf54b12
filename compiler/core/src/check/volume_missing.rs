//! `volume-missing`: a volume that isn't on every node where its service may be placed.

use super::brought_in;
use crate::analyze::{Analysis, GroupFacts, Obstacle, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Lab, Node, Service, Volume};
use crate::source::Spanned;

code!(Error, "volume-missing", "volume_missing.md", "a volume isn't on every node where its service may be placed");

/// Reports each volume that no node has, and each that keeps a service from some of the nodes it may be placed on.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        if !facts.nodes.is_empty() {
            partial(analysis.lab, facts, sink);
        } else if let (Some(volume), false) = (nowhere(analysis.lab, facts), analysis.lab.nodes.is_empty()) {
            sink.push(unknown_volume(analysis.lab, facts.service, volume));
        }
    }
}

/// The first host volume of a group that no node offers.
pub(super) fn nowhere<'l>(lab: &Lab, facts: &GroupFacts<'l>) -> Option<&'l Volume> {
    let offered = |volume: &Volume| {
        lab.nodes.iter().any(|node| node.host_volumes.iter().any(|it| it.name.value == volume.source.value))
    };
    facts.group.volumes.iter().find(|volume| volume.kind == "host" && !offered(volume))
}

fn unknown_volume(lab: &Lab, service: &Service, volume: &Volume) -> Diagnostic {
    let name = &volume.source;
    let offered = lab.nodes.iter().flat_map(|node| &node.host_volumes).map(|volume| volume.name.as_str());
    let message = format!("no node has the volume `{}` of `{}`", name.value, service.name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, name.span, "no such volume");
    if let Some(place) = brought_in(lab, service, name.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic
        .help(format!("add `host-volume \"{}\" path=\"/…\"` to the node that has the data", name.value))
        .did_you_mean_value(name, nearest(name, offered))
}

/// A service that may be placed on nodes without its volume: Nomad leaves them out without a word, so the manifest has to
/// say where it belongs.
fn partial(lab: &Lab, facts: &GroupFacts<'_>, sink: &mut Sink) {
    for volume in facts.group.volumes.iter().filter(|volume| volume.kind == "host") {
        let without = facts.lacking.iter().filter(|(_, obstacle)| is_about(obstacle, &volume.source));
        let without: Vec<&Node> = without.filter_map(|(at, _)| lab.nodes.get(*at)).collect();
        if without.is_empty() {
            continue;
        }
        let eligible: Vec<&Node> = facts.eligible().filter_map(|at| lab.nodes.get(at)).collect();
        let (left_out, has) = (names(&without), names(&eligible));
        let (service, name) = (&facts.service.name.value, &volume.source);
        let lack = if without.len() == 1 { "lacks" } else { "lack" };
        let message = format!("`{service}` may be placed on {left_out}, which {lack} volume `{}`", name.value);
        let mut diagnostic = Diagnostic::new(&CODE, message, name.span, format!("only on {has}"));
        if let Some(place) = brought_in(lab, facts.service, name.span) {
            diagnostic = diagnostic.also(place, "brought in here");
        }
        let offered = eligible.iter().flat_map(|node| &node.host_volumes).find(|it| it.name.value == name.value);
        if let Some(offered) = offered {
            diagnostic = diagnostic.also(offered.name.span, "the volume is here");
        }
        sink.push(diagnostic.help(place_help(facts.service, &pin(lab, &eligible))));
    }
}

fn is_about(obstacle: &Obstacle<'_>, volume: &Spanned<String>) -> bool {
    matches!(obstacle, Obstacle::Volume(missing) | Obstacle::ReadOnlyVolume(missing) if missing.value == volume.value)
}

/// Names of nodes for a sentence: `` `a`, `b` ``; of many, the first few and how many more.
pub(super) fn names(nodes: &[&Node]) -> String {
    super::no_node_fits::some(&nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>())
}

/// How to keep a service to some nodes: in its manifest, or for one of the catalogue or an integration with `use`.
pub(super) fn place_help(service: &Service, pin: &str) -> String {
    let name = &service.name.value;
    if service.manifest.contains("integrations/") {
        return format!(
            "add `use \"{name}\" {{ {pin} }}` to a file in `services/`, or `{pin}` to the `use` that is there"
        );
    }
    if service.manifest.starts_with("hlmc:") {
        return format!("add `{pin}` to `use \"{name}\"`");
    }
    format!("add `{pin}` to `{name}`")
}

/// The shortest `on` that keeps a service to these nodes: their class where all of it is among them, else their names.
pub(super) fn pin(lab: &Lab, nodes: &[&Node]) -> String {
    let class = nodes.first().map_or("", |node| node.class.as_str());
    let of_class = lab.nodes.iter().filter(|node| node.class.value == class).count();
    if !class.is_empty() && of_class == nodes.len() && nodes.iter().all(|node| node.class.value == class) {
        return format!("on class=\"{class}\"");
    }
    match nodes {
        [node] => format!("on node=\"{}\"", node.name.value),
        _ => {
            let names: Vec<String> = nodes.iter().map(|node| format!("\"{}\"", node.name.value)).collect();
            format!("on {{ node {} }}", names.join(" "))
        }
    }
}
