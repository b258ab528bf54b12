//! `servers-expected`: an agent that waits for another number of servers than the lab has.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Sink, code};

code!(Error, "servers-expected", "servers_expected.md", "an agent waits for another number of servers than there are");

/// Reports each `bootstrap_expect` that isn't the number of servers.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    for node in lab.servers() {
        let nomad = node.nomad.block("server").and_then(|server| server.body.int("bootstrap_expect"));
        for (agent, told) in [("Nomad", nomad), ("Consul", node.consul.int("bootstrap_expect"))] {
            let Some(told) = told else { continue };
            let servers = lab.servers().count();
            let more = i64::try_from(servers).is_ok_and(|servers| told.value > servers);
            if lab.more_nodes || !more && told.value == i64::try_from(servers).unwrap_or(0) {
                continue;
            }
            let noun = if servers == 1 { "server" } else { "servers" };
            let message = format!(
                "the {agent} agent of `{}` expects {} servers, and lab `{}` has {servers} {noun}",
                node.name.value, told.value, lab.name.value
            );
            let label = if more { "it waits for ever" } else { "some may start a cluster of their own" };
            let mut diagnostic = Diagnostic::new(&CODE, message, told.span, label);
            if !more {
                diagnostic.severity = Severity::Warning;
            }
            sink.push(diagnostic.help("leave `bootstrap_expect` out: every server is told how many there are"));
        }
    }
}
