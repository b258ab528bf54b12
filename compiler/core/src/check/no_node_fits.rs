//! `no-node-fits`: a service that no node can run, with the condition that removed each.

use crate::analyze::{Analysis, GroupFacts, Obstacle, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Constraint, Lab, Node};
use crate::source::Span;

code!(Error, "no-node-fits", "no_node_fits.md", "no node can run a service");

/// Reports every group without an eligible node.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let lab = analysis.lab;
    for facts in of.groups.iter().filter(|facts| !lab.nodes.is_empty() && facts.nodes.is_empty()) {
        if super::wrong_architecture::made_for_none(facts).is_some() {
            continue;
        }
        // A volume that is nowhere, or a datacenter that isn't the lab's, has a message of its own.
        let nowhere = super::volume_missing::nowhere(lab, facts).is_some();
        if !nowhere && !analysis.obstacles(facts).any(|(_, it)| matches!(it, Some(Obstacle::Datacenter(_)))) {
            sink.push(no_node_fits(analysis, facts));
        }
    }
}

/// So many names of nodes at most stand in a line.
const NAMES: usize = 6;

/// So many places in nodes at most stand in a message.
const OTHERS: usize = 2;

fn no_node_fits<'l>(analysis: &Analysis<'l>, facts: &GroupFacts<'l>) -> Diagnostic {
    let name = &facts.service.name;
    let mut diagnostic =
        Diagnostic::new(&CODE, format!("no node can run `{}`", name.value), name.span, "nowhere to run");
    let nodes: Vec<(&Node, Vec<Obstacle<'l>>)> = analysis.all_obstacles(facts).collect();
    let mut places: Vec<(Span, Vec<&str>)> = Vec::new();
    for (node, obstacles) in &nodes {
        for span in obstacles.iter().filter_map(|it| describe(it, node).1) {
            push(&mut places, span, node.name.as_str());
        }
    }
    for note in left_out(analysis, facts, "") {
        diagnostic = diagnostic.note(note);
    }
    for (span, nodes) in places.iter().filter(|(span, _)| *span != name.span) {
        diagnostic = diagnostic.also(*span, format!("leaves out {}", some(nodes)));
    }
    let mut values: Vec<&str> = Vec::new();
    for (node, obstacles) in &nodes {
        // Where that is all, it may as well be the node that is wrong.
        if let [Obstacle::Constraint(constraint)] = obstacles.as_slice()
            && let Some((value, span, label)) = other_party(constraint, node).filter(|it| !values.contains(&it.0))
            && values.len() < OTHERS
        {
            values.push(value);
            diagnostic = diagnostic.also(span, label);
        }
    }
    let (help, place) = help(analysis.lab, &nodes);
    // What is to be changed is where to look first.
    if let Some(at) = diagnostic.secondary.iter().position(|label| Some(label.span) == place) {
        diagnostic.lead(at);
    }
    diagnostic.help(help)
}

/// Which nodes can't run a group and why, a line for each reason. `whom` stands behind "left out".
pub(super) fn left_out<'l>(analysis: &Analysis<'l>, facts: &GroupFacts<'l>, whom: &str) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for (node, obstacles) in analysis.all_obstacles(facts).filter(|(_, obstacles)| !obstacles.is_empty()) {
        let reason: Vec<String> = obstacles.iter().map(|it| describe(it, node).0).collect();
        push(&mut reasons, reason.join(", and "), node.name.as_str());
    }
    let line = |(reason, nodes): (String, Vec<&str>)| {
        let is = if nodes.len() == 1 { "is" } else { "are each" };
        format!("{} {is} left out{whom}: {reason}", some(&nodes))
    };
    reasons.into_iter().map(line).collect()
}

fn push<'n, K: PartialEq>(list: &mut Vec<(K, Vec<&'n str>)>, key: K, node: &'n str) {
    match list.iter_mut().find(|(known, _)| *known == key) {
        Some((_, nodes)) if nodes.last() == Some(&node) => {}
        Some((_, nodes)) => nodes.push(node),
        None => list.push((key, vec![node])),
    }
}

/// Names of nodes for a sentence, and how many more there are.
pub(super) fn some(nodes: &[&str]) -> String {
    let quoted: Vec<String> = nodes.iter().take(NAMES).map(|node| format!("`{node}`")).collect();
    let more = nodes.len().saturating_sub(NAMES);
    if more == 0 { quoted.join(", ") } else { format!("{} and {more} more", quoted.join(", ")) }
}

/// The nearest way out: a name that was probably meant, the one condition without which most nodes could run it, or the node
/// that lacks least.
fn help(lab: &Lab, nodes: &[(&Node, Vec<Obstacle<'_>>)]) -> (String, Option<Span>) {
    let mut all = nodes.iter().flat_map(|(node, obstacles)| obstacles.iter().map(move |it| (node, it)));
    if let Some(meant) = all.find_map(|(node, it)| Some((meant(lab, it)?, describe(it, node).1))) {
        return meant;
    }
    // By place: what to do, how much that takes, and the nodes that nothing else keeps it from.
    let mut ways: Vec<(Option<Span>, String, u8, Vec<&str>)> = Vec::new();
    for (node, obstacles) in nodes {
        let spans: Vec<Option<Span>> = obstacles.iter().map(|it| describe(it, node).1).collect();
        let Some(span) = spans.first().filter(|span| spans.iter().all(|other| other == *span)) else { continue };
        match ways.iter_mut().find(|(known, ..)| known == span) {
            Some((.., nodes)) => nodes.push(node.name.as_str()),
            None => ways.push((*span, change(&obstacles[0], node), effort(&obstacles[0]), vec![node.name.as_str()])),
        }
    }
    let nearest = ways.iter().min_by_key(|(_, _, effort, nodes)| (*effort, std::cmp::Reverse(nodes.len())));
    if let Some((place, change, _, nodes)) = nearest {
        return (format!("{change}: nothing else keeps it from {}", some(nodes)), *place);
    }
    let closest = nodes.iter().min_by_key(|(_, obstacles)| obstacles.len());
    let closest = closest.map_or(String::new(), |(node, _)| format!("; `{}` comes closest", node.name.value));
    let help = "no node has all of this together: loosen several of the conditions, or give a node what it lacks";
    (format!("{help}{closest}"), None)
}

/// How much it takes to get rid of a condition: a word in the service, one in the node, a machine that is another.
const fn effort(obstacle: &Obstacle<'_>) -> u8 {
    match obstacle {
        Obstacle::Pool(_) | Obstacle::Datacenter(_) | Obstacle::Constraint(_) | Obstacle::ReadOnlyVolume(_) => 0,
        Obstacle::Driver(_) | Obstacle::Volume(_) | Obstacle::Network(_) => 1,
        Obstacle::Platform { .. } => 2,
        Obstacle::Device(_) | Obstacle::NoClient => 3,
    }
}

/// What to do about one condition on one node.
fn change(obstacle: &Obstacle<'_>, node: &Node) -> String {
    let name = &node.name.value;
    match obstacle {
        Obstacle::NoClient => format!("leave `client #false` out of `{name}`"),
        Obstacle::Pool(_) => format!("ask for node pool `{}`", node.pool.value),
        Obstacle::Datacenter(_) => "leave `datacenters` out".into(),
        Obstacle::Constraint(constraint) => {
            let has = match constraint.attribute.as_str() {
                "${node.class}" if !node.class.is_empty() => Some(("class", node.class.as_str())),
                "${node.unique.name}" => Some(("node", name.as_str())),
                "${attr.cpu.arch}" => Some(("architecture", node.arch.value.name())),
                _ => None,
            };
            match has.filter(|_| matches!(constraint.operator.as_str(), "=" | "==" | "is" | "set_contains_any")) {
                Some((what, has)) => format!("ask for {what} `{has}`"),
                None => format!("loosen the constraint on `{}`", constraint.attribute),
            }
        }
        Obstacle::Platform { image, .. } => {
            format!("take an image in place of `{}` that is made for {}", image.value, node.arch.value)
        }
        Obstacle::Driver(driver) => format!("add driver `{}` to `{name}`", driver.value),
        Obstacle::Volume(volume) => format!("add `host-volume \"{}\"` to `{name}`", volume.value),
        Obstacle::ReadOnlyVolume(volume) => format!("mount `{}` with `read-only=#true`", volume.value),
        Obstacle::Device(device) => {
            format!("add `device \"{}\" count={}` to `{name}`", device.name.value, device.count)
        }
        Obstacle::Network(network) => format!("put `{name}` on the network `{}`", network.value),
    }
}

/// A name close to one that no node has.
fn meant(lab: &Lab, obstacle: &Obstacle<'_>) -> Option<String> {
    let nodes = || lab.nodes.iter();
    let (asked, known): (&str, Vec<&str>) = match obstacle {
        Obstacle::Constraint(constraint) if matches!(constraint.operator.as_str(), "=" | "==" | "is") => {
            let of = |node| crate::analyze::known(&constraint.attribute, node, lab);
            (&constraint.value, nodes().filter_map(of).collect())
        }
        Obstacle::Pool(Some(pool)) => (pool.value, nodes().map(|node| node.pool.as_str()).collect()),
        Obstacle::Driver(driver) => {
            (driver.as_str(), nodes().flat_map(|node| node.drivers.iter().map(|it| it.as_str())).collect())
        }
        Obstacle::Device(device) => {
            (device.name.as_str(), nodes().flat_map(|node| node.devices.iter().map(|it| it.name.as_str())).collect())
        }
        Obstacle::Network(name) => {
            let own = nodes().filter_map(|node| node.nomad.block("client"));
            let own = own.flat_map(|client| client.body.blocks("host_network")).filter_map(|block| block.label());
            let own = own.map(|label| label.as_str());
            (name.as_str(), nodes().flat_map(|node| lab.networks_of(node)).chain(own).collect())
        }
        _ => return None,
    };
    let is_known = known.contains(&asked);
    nearest(asked, known.into_iter().filter(|name| !name.is_empty()))
        .filter(|_| !is_known)
        .map(|near| format!("did you mean `{near}`?"))
}

/// A constraint that doesn't hold, in the words of `on` where it is one of those.
fn unmet(constraint: &Constraint, node: &Node) -> String {
    let (what, has) = match constraint.attribute.as_str() {
        "${node.class}" => ("class", node.class.as_str()),
        "${node.unique.name}" => ("name", node.name.as_str()),
        "${attr.cpu.arch}" => ("architecture", node.arch.value.name()),
        _ => ("", ""),
    };
    let wanted = &constraint.value;
    match constraint.operator.as_str() {
        "=" if what == "class" && has.is_empty() => format!("it has no class, and `{wanted}` is asked for"),
        "=" | "set_contains_any" if !what.is_empty() => format!("its {what} is `{has}`, not `{wanted}`"),
        operator => format!("`{} {operator} {wanted}` doesn't hold", constraint.attribute),
    }
}

/// What a node has where a constraint asks for something else, and where it says so.
fn other_party<'n>(constraint: &Constraint, node: &'n Node) -> Option<(&'n str, Span, String)> {
    let (what, value, span) = match constraint.attribute.as_str() {
        "${node.class}" if !node.class.is_empty() => ("class", node.class.as_str(), node.class.span),
        "${attr.cpu.arch}" => ("architecture", node.arch.value.name(), node.arch.span),
        _ => return None,
    };
    let is_one = matches!(constraint.operator.as_str(), "=" | "==" | "is" | "set_contains_any");
    is_one.then(|| (value, span, format!("the {what} of `{}`", node.name.value)))
}

/// Why a node is left out, and the place that says so.
pub(super) fn describe(obstacle: &Obstacle<'_>, node: &Node) -> (String, Option<Span>) {
    let (arch, pool) = (node.arch.value, &node.pool.value);
    match obstacle {
        Obstacle::NoClient => ("it runs no services (`client #false`)".into(), None),
        Obstacle::Pool(asked) => {
            let wanted = asked.map_or("default", |asked| asked.value);
            (format!("it is in node pool `{pool}`, not `{wanted}`"), asked.map(|asked| asked.span))
        }
        Obstacle::Datacenter(span) => ("it is in another datacenter".into(), Some(*span)),
        Obstacle::Constraint(constraint) => (unmet(constraint, node), Some(constraint.span)),
        Obstacle::Platform { image, stated } => {
            (format!("`{}` is not made for {arch}", image.value), Some(stated.span))
        }
        Obstacle::Driver(driver) => (format!("it has no driver `{}`", driver.value), Some(driver.span)),
        Obstacle::Volume(volume) => (format!("it has no volume `{}`", volume.value), Some(volume.span)),
        Obstacle::ReadOnlyVolume(volume) => (format!("its volume `{}` is read-only", volume.value), Some(volume.span)),
        Obstacle::Device(device) if device.count > 1 => {
            (format!("it doesn't have {} devices `{}`", device.count, device.name.value), Some(device.name.span))
        }
        Obstacle::Device(device) => (format!("it has no device `{}`", device.name.value), Some(device.name.span)),
        Obstacle::Network(name) => (format!("it isn't on the network `{}`", name.value), Some(name.span)),
    }
}
