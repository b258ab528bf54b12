//! `route-conflict`: two routes for the same host and path.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Route, Service};
use std::collections::BTreeMap;

code!(Error, "route-conflict", "route_conflict.md", "two routes have the same host and path");

/// Reports every route whose host and path another one has.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut taken: BTreeMap<(&str, &str), (&Service, &Route)> = BTreeMap::new();
    for service in &analysis.lab.services {
        for route in &service.routes {
            let path = route.path.trim_end_matches('/');
            match taken.get(&(route.host.as_str(), path)) {
                Some(first) => sink.push(route_conflict((service, route), *first)),
                None => {
                    taken.insert((&route.host, path), (service, route));
                }
            }
        }
    }
}

fn route_conflict((service, route): (&Service, &Route), (first, taken): (&Service, &Route)) -> Diagnostic {
    let address = format!("{}{}", route.host.value, route.path.value);
    let (one, other) = (&first.name.value, &service.name.value);
    let message = format!("`{address}` is claimed by `{one}` and `{other}`");
    Diagnostic::new(&CODE, message, route.span, "claimed again here")
        .also(taken.span, "first claimed here")
        .help("give one of them another name, or a `path` of its own")
}
