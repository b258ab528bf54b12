//! `udp-only`: a check, a route or metrics over TCP at a port that speaks UDP alone.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Port, Protocol, Service};
use crate::source::Span;

code!(Error, "udp-only", "udp_only.md", "something asks over TCP where a port speaks UDP");

/// Reports each check, and the first route, that ask over TCP where only UDP is spoken.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let ports: Vec<&Port> = facts.group.ports.iter().filter(|port| port.protocol == Protocol::Udp).collect();
        if ports.is_empty() {
            continue;
        }
        let group = facts.block;
        let services =
            group.body.blocks("service").chain(group.body.blocks("task").flat_map(|it| it.body.blocks("service")));
        for block in services {
            let own = block.body.str("port").map_or("", |port| port.value);
            let speaks = |label: &str| ports.iter().find(|port| port.label.value == label).copied();
            for check in block.body.blocks("check") {
                let port = speaks(check.body.str("port").map_or(own, |port| port.value));
                let over_tcp = check.body.str("type").filter(|kind| matches!(kind.value, "tcp" | "http" | "grpc"));
                if let (Some(port), Some(kind)) = (port, over_tcp) {
                    let place = check.body.str("port").map_or(kind.span, |port| port.span);
                    let what = format!("a check of type `{}`", kind.value);
                    sink.push(udp_only(analysis, facts.service, &what, place, port));
                }
            }
            let name = block.body.str("name").map_or("", |name| name.value);
            let route = facts.service.routes.iter().find(|route| route.upstream == name);
            if let (Some(route), Some(port)) = (route, speaks(own)) {
                sink.push(udp_only(analysis, facts.service, "a route", route.span, port));
            }
        }
    }
}

fn udp_only(analysis: &Analysis<'_>, service: &Service, what: &str, place: Span, port: &Port) -> Diagnostic {
    let (name, label) = (&service.name.value, &port.label.value);
    let message = format!("{what} of `{name}` asks port `{label}` over TCP, which speaks UDP alone");
    let mut diagnostic = Diagnostic::new(&CODE, message, place, "never answered").also(port.label.span, "UDP here");
    if let Some(place) = brought_in(analysis.lab, service, place) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help("name a port that speaks TCP, or write `protocol=\"both\"` at the port where the program does both")
}
