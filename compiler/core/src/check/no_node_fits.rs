//! `no-node-fits`: a service that no node can run, with the condition that removed each.

use crate::analyze::{Analysis, GroupFacts, Obstacle};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Lab;
use crate::source::Span;

code!(Error, "no-node-fits", "no_node_fits.md", "no node can run a service");

/// Reports every group without an eligible node.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for facts in analysis.groups.iter().filter(|facts| !facts.verdicts.is_empty() && facts.eligible().next().is_none())
    {
        // A volume that is nowhere, or a datacenter that isn't the lab's, has a message of its own.
        let own = |obstacle: &Obstacle<'_>| matches!(obstacle, Obstacle::Datacenter(_));
        let nowhere = super::volume_missing::nowhere(analysis.lab, facts).is_some();
        if !nowhere && !facts.verdicts.iter().flatten().any(own) {
            sink.push(no_node_fits(analysis.lab, facts));
        }
    }
}

fn no_node_fits(lab: &Lab, facts: &GroupFacts<'_>) -> Diagnostic {
    let name = &facts.service.name;
    let mut diagnostic =
        Diagnostic::new(&CODE, format!("no node can run `{}`", name.value), name.span, "nowhere to run");
    let mut seen: Vec<Span> = Vec::new();
    for (node, obstacle) in lab.nodes.iter().zip(&facts.verdicts) {
        let Some(obstacle) = obstacle else { continue };
        let (reason, span) = describe(obstacle, node.arch.value.name(), &node.pool.value);
        diagnostic = diagnostic.note(format!("`{}` is left out: {reason}", node.name.value));
        if let Some(span) = span.filter(|span| !seen.contains(span) && *span != name.span) {
            seen.push(span);
            diagnostic = diagnostic.also(span, format!("leaves out `{}`", node.name.value));
        }
    }
    let help = if seen.len() > 1 {
        "no node has all of this together: loosen one of the conditions, or give a node what it lacks"
    } else {
        "loosen the condition, or give a node what it lacks"
    };
    diagnostic.help(help)
}

/// Why a node is left out, and the place that says so.
pub(super) fn describe(obstacle: &Obstacle<'_>, arch: &str, pool: &str) -> (String, Option<Span>) {
    match obstacle {
        Obstacle::NoClient => ("it runs no services (`client #false`)".into(), None),
        Obstacle::Pool(asked) => {
            let wanted = asked.map_or("default", |asked| asked.value);
            (format!("it is in node pool `{pool}`, not `{wanted}`"), asked.map(|asked| asked.span))
        }
        Obstacle::Datacenter(span) => ("it is in another datacenter".into(), Some(*span)),
        Obstacle::Constraint(constraint) => {
            let text = format!("`{} {} {}` doesn't hold", constraint.attribute, constraint.operator, constraint.value);
            (text, Some(constraint.span))
        }
        Obstacle::Platform { image, stated } => (format!("`{}` is not made for {arch}", image.value), Some(*stated)),
        Obstacle::Driver(driver) => (format!("it has no driver `{}`", driver.value), Some(driver.span)),
        Obstacle::Volume(volume) => (format!("it has no volume `{}`", volume.value), Some(volume.span)),
        Obstacle::ReadOnlyVolume(volume) => (format!("its volume `{}` is read-only", volume.value), Some(volume.span)),
        Obstacle::Device(device) => (format!("it has no device `{}`", device.value), Some(device.span)),
    }
}
