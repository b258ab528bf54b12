//! `no-node-fits`: a service that no node can run, with the condition that removed each.

use crate::analyze::{Analysis, GroupFacts, Obstacle};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Constraint, Node};
use crate::source::Span;

code!(Error, "no-node-fits", "no_node_fits.md", "no node can run a service");

/// Reports every group without an eligible node.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    for facts in analysis.groups.iter().filter(|facts| !lab.nodes.is_empty() && facts.nodes.is_empty()) {
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

fn no_node_fits<'l>(analysis: &Analysis<'l>, facts: &GroupFacts<'l>) -> Diagnostic {
    let name = &facts.service.name;
    let mut diagnostic =
        Diagnostic::new(&CODE, format!("no node can run `{}`", name.value), name.span, "nowhere to run");
    let mut places: Vec<(Span, Vec<String>)> = Vec::new();
    for (node, obstacle) in analysis.obstacles(facts) {
        let Some(obstacle) = obstacle else { continue };
        let (reason, span) = describe(&obstacle, node);
        diagnostic = diagnostic.note(format!("`{}` is left out: {reason}", node.name.value));
        let out = format!("`{}`", node.name.value);
        match (span, places.iter_mut().find(|(place, _)| Some(*place) == span)) {
            (_, Some((_, nodes))) => nodes.push(out),
            (Some(span), None) => places.push((span, vec![out])),
            (None, None) => {}
        }
    }
    for (span, nodes) in places.iter().filter(|(span, _)| *span != name.span) {
        diagnostic = diagnostic.also(*span, format!("leaves out {}", nodes.join(", ")));
    }
    let help = if places.len() > 1 {
        "no node has all of this together: loosen one of the conditions, or give a node what it lacks"
    } else {
        "loosen the condition, or give a node what it lacks"
    };
    diagnostic.help(help)
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
        Obstacle::Device(device) => (format!("it has no device `{}`", device.value), Some(device.span)),
    }
}
