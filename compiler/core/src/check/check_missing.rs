//! `check-missing`: a service that others find, and nothing looks whether it works.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts, registrations};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Route, Service};
use crate::nomad::form::Block;
use crate::source::Span;

code!(Advice, "check-missing", "check_missing.md", "nothing looks whether a service works that others find");

/// Reports each service that registers ports, or serves a route, and has no check at all.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let service = of.service;
    let has_check = |block: &&Block| {
        block.body.block("check").is_some() || block.body.block("connect").is_some() // Consul looks after its proxy
    };
    let batch = matches!(service.kind.as_str(), "batch" | "sysbatch");
    let some = registered(service).any(|block| has_check(&block));
    if let (Some(first), false, false) = (registered(service).next(), some, batch) {
        sink.push(check_missing(analysis.lab, service, first.span));
    }
    // Another port's check tells nothing of the one that is served.
    let unchecked = |route: &&Route| {
        let named = |block: &&Block| block.body.str("name").is_some_and(|name| name.value == route.upstream);
        registered(service).find(named).is_some_and(|block| !has_check(&block))
    };
    if let Some(route) = service.routes.iter().filter(|_| some).find(unchecked) {
        sink.push(port_unchecked(analysis.lab, service, route));
    }
}

/// What a service registers for discovery.
fn registered(service: &Service) -> impl Iterator<Item = &Block> {
    service.job.body.blocks("group").flat_map(registrations)
}

fn port_unchecked(lab: &Lab, service: &Service, route: &Route) -> Diagnostic {
    let (name, host) = (&service.name.value, &route.host.value);
    let message = format!("nothing looks whether `{name}` answers at `{host}`: its checks are of other ports");
    let mut diagnostic = Diagnostic::new(&CODE, message, route.span, format!("served from `{}`", route.upstream));
    if let Some(place) = brought_in(lab, service, route.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help("add a `check` with the `port` of this route")
}

fn check_missing(lab: &Lab, service: &Service, registered: Span) -> Diagnostic {
    let name = &service.name.value;
    let (place, label) = match service.routes.first() {
        Some(route) => (route.span, "served as soon as it starts"),
        None => (registered, "found as soon as it starts"),
    };
    let mut diagnostic =
        Diagnostic::new(&CODE, format!("nothing looks whether `{name}` works: it has no check"), place, label);
    if let Some(place) = brought_in(lab, service, place) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help(match service.manifest.ends_with(".kdl") {
        true => "add `check \"http\" path=\"/…\"`, or `check \"tcp\"` where it doesn't speak HTTP",
        false => "add a `check` to its `service`, of type `http`, or `tcp` where it doesn't speak HTTP",
    })
}
