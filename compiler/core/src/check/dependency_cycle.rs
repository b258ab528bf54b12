//! `dependency-cycle`: services that wait for each other.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Service;
use crate::source::Span;
use std::collections::{BTreeMap, BTreeSet};

code!(Error, "dependency-cycle", "dependency_cycle.md", "services wait for each other");

/// Reports each circle of `after` and of addresses, once.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let services: BTreeMap<&str, &Service> =
        analysis.lab.services.iter().map(|service| (service.name.as_str(), service)).collect();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in services.keys() {
        if let Some(circle) = circle(start, &services, &mut done) {
            sink.push(dependency_cycle(&circle));
        }
    }
}

/// A wait of a service for another: whose, for whom, and where that is written.
type Wait<'l> = (&'l str, &'l str, Span);

fn waits(service: &Service) -> impl Iterator<Item = Wait<'_>> {
    let name = service.name.as_str();
    let after = service.after.iter().map(move |other| (name, other.value.as_str(), other.span));
    let others = service.references.iter().filter(move |it| it.service != name);
    after.chain(others.map(move |it| (name, it.service.as_str(), it.span)))
}

/// A circle that can be reached from a service and isn't reported yet. Depth first, with a stack of its own.
fn circle<'l>(
    start: &'l str,
    services: &BTreeMap<&'l str, &'l Service>,
    done: &mut BTreeSet<&'l str>,
) -> Option<Vec<Wait<'l>>> {
    let mut path: Vec<(&str, Vec<Wait<'l>>)> = Vec::new();
    let mut taken: Vec<Wait<'l>> = Vec::new();
    // Where each service of the path stands in it.
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = None;
    let open = |name: &'l str| services.get(name).map(|service| waits(service).collect()).unwrap_or_default();
    if done.insert(start) {
        places.insert(start, path.len());
        path.push((start, open(start)));
    }
    while let Some((name, rest)) = path.last_mut() {
        let Some(wait) = rest.pop() else {
            places.remove(name);
            path.pop();
            taken.pop();
            continue;
        };
        if let Some(&at) = places.get(wait.1) {
            let mut circle: Vec<Wait<'l>> = taken[at..].to_vec();
            circle.push(wait);
            found.get_or_insert(circle);
        } else if services.contains_key(wait.1) && done.insert(wait.1) {
            taken.push(wait);
            places.insert(wait.1, path.len());
            path.push((wait.1, open(wait.1)));
        }
    }
    found
}

fn dependency_cycle(circle: &[Wait<'_>]) -> Diagnostic {
    if let [(name, _, span)] = circle {
        return Diagnostic::new(&CODE, format!("`{name}` waits for itself"), *span, "waits for itself")
            .help("take it out of `after`");
    }
    let mut names: Vec<String> = circle.iter().map(|(name, ..)| format!("`{name}`")).collect();
    names.extend(names.first().cloned());
    let (_, first, span) = circle[0];
    let mut diagnostic = Diagnostic::new(
        &CODE,
        format!("services wait for each other: {}", names.join(" → ")),
        span,
        format!("waits for `{first}`"),
    );
    for (_, other, span) in &circle[1..] {
        diagnostic = diagnostic.also(*span, format!("waits for `{other}`"));
    }
    diagnostic.help("take one of them away; a service that finds another by `(address)` waits for it too")
}
