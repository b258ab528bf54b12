//! `canary-port`: a canary that wants the fixed port which the instance beside it has.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};

code!(Warning, "canary-port", "canary_port.md", "a canary that wants a port which is taken");

/// Reports groups with canaries and a fixed port that have no node for the canary beside those for the instances.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let block = facts.block;
        let job = &facts.service.job.body;
        let update = block.body.block("update").into_iter().chain(job.block("update"));
        let Some(canary) = update.filter_map(|update| update.body.int("canary")).next().filter(|it| it.value > 0)
        else {
            continue;
        };
        let Some(port) = facts.group.ports.iter().find(|port| port.fixed.is_some() && !port.shared) else { continue };
        let (nodes, instances) = (facts.eligible().count(), facts.group.count.value);
        let wanted = instances.saturating_add(u64::try_from(canary.value).unwrap_or_default());
        if facts.service.kind != "service" || nodes == 0 || wanted <= nodes as u64 {
            continue;
        }
        let (name, fixed) = (&facts.service.name.value, port.fixed.as_ref().map_or(0, |fixed| fixed.value));
        let message = format!(
            "an update of `{name}` never gets its canary: port {fixed} takes {wanted} nodes then, and {nodes} can run it"
        );
        let mut diagnostic = Diagnostic::new(&CODE, message, canary.span, "starts beside what runs");
        diagnostic =
            diagnostic.also(port.fixed.as_ref().map_or(port.label.span, |fixed| fixed.span), "the port that both want");
        if let Some(place) = brought_in(analysis.lab, facts.service, canary.span) {
            diagnostic = diagnostic.also(place, "brought in here");
        }
        sink.push(diagnostic.help("leave `canary` out, or let Nomad pick the port, or let it run on more nodes"));
    }
}
