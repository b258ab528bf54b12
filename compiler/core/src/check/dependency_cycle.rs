//! `dependency-cycle`: services that wait for each other.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Service;
use crate::source::Span;
use std::collections::BTreeMap;

code!(Error, "dependency-cycle", "dependency_cycle.md", "services wait for each other");

/// Reports each circle of `after` and of addresses, once.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let services = analysis.lab.services.as_slice();
    let mut search = Search { services, done: vec![false; services.len()], places: BTreeMap::new() };
    for start in 0..services.len() {
        if let Some(circle) = search.circle(start) {
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

/// A search through services, which are sorted by name.
struct Search<'l> {
    services: &'l [Service],
    done: Vec<bool>,
    /// Where each service of the path stands in it.
    places: BTreeMap<usize, usize>,
}

impl<'l> Search<'l> {
    /// A circle that can be reached from a service and isn't reported yet. Depth first, with a stack of its own.
    fn circle(&mut self, start: usize) -> Option<Vec<Wait<'l>>> {
        let mut path: Vec<(usize, Vec<Wait<'l>>)> = Vec::new();
        let mut taken: Vec<Wait<'l>> = Vec::new();
        let mut found = None;
        self.enter(start, &mut path);
        while let Some((at, rest)) = path.last_mut() {
            let Some(wait) = rest.pop() else {
                self.places.remove(at);
                path.pop();
                taken.pop();
                continue;
            };
            let Ok(next) = self.services.binary_search_by(|service| service.name.as_str().cmp(wait.1)) else {
                continue;
            };
            if let Some(&at) = self.places.get(&next) {
                let mut circle: Vec<Wait<'l>> = taken[at..].to_vec();
                circle.push(wait);
                found.get_or_insert(circle);
            } else if self.enter(next, &mut path) {
                taken.push(wait);
            }
        }
        found
    }

    /// Puts a service at the end of the path, unless it has been there before.
    fn enter(&mut self, at: usize, path: &mut Vec<(usize, Vec<Wait<'l>>)>) -> bool {
        let is_new = !std::mem::replace(&mut self.done[at], true);
        if is_new {
            self.places.insert(at, path.len());
            path.push((at, waits(&self.services[at]).collect()));
        }
        is_new
    }
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
