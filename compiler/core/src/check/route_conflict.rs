//! `route-conflict`: two routes for the same host and path.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Route, Service};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

code!(Error, "route-conflict", "route_conflict.md", "two routes have the same host and path");

/// Reports every route whose host and path another one has.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut taken: HashMap<(&str, &str), (&Service, &Route)> = HashMap::with_capacity(analysis.lab.services.len());
    for service in &analysis.lab.services {
        for route in &service.routes {
            let path = route.path.trim_end_matches('/');
            match taken.entry((&route.host, path)) {
                Entry::Occupied(first) => sink.push(route_conflict((service, route), *first.get())),
                Entry::Vacant(place) => _ = place.insert((service, route)),
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
