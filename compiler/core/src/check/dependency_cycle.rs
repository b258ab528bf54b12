//! `dependency-cycle`: services that wait for each other.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Service;
use crate::source::Span;

code!(Error, "dependency-cycle", "dependency_cycle.md", "services wait for each other");

/// Reports each circle of `after` and of addresses, once.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let services = analysis.lab.services.as_slice();
    let mut search = Search { services, seen: vec![Seen::Never; services.len()], path: Vec::new() };
    for start in 0..services.len() {
        if let Some(circle) = search.circle(start) {
            sink.push(dependency_cycle(&circle));
        }
    }
}

/// A wait of a service for another: whose, for whom, and where that is written.
type Wait<'l> = (&'l str, &'l str, Span);

/// One of the waits of a service: those of `after`, and behind them its references. None where it refers to itself.
fn wait(service: &Service, at: usize) -> Option<Wait<'_>> {
    let name = service.name.as_str();
    if let Some(other) = service.after.get(at) {
        return Some((name, other.value.as_str(), other.span));
    }
    let reference = service.references.get(at - service.after.len())?;
    (reference.service != name).then_some((name, reference.service.as_str(), reference.span))
}

/// What a search knows of a service.
#[derive(Clone, Copy)]
enum Seen {
    /// Nothing yet.
    Never,
    /// It stands here in the path.
    OnPath(usize),
    /// All that can be reached from it.
    Wholly,
}

/// A search through services, which are sorted by name.
struct Search<'l> {
    services: &'l [Service],
    seen: Vec<Seen>,
    /// The services on the way, each with the number of its waits that are left.
    path: Vec<(usize, usize)>,
}

impl<'l> Search<'l> {
    /// A circle that can be reached from a service and isn't reported yet. Depth first, with a stack of its own.
    fn circle(&mut self, start: usize) -> Option<Vec<Wait<'l>>> {
        let mut taken: Vec<Wait<'l>> = Vec::new();
        let mut found = None;
        if matches!(self.seen[start], Seen::Never) {
            self.enter(start);
        }
        while let Some((service, left)) = self.path.last_mut() {
            let Some(last) = left.checked_sub(1) else {
                self.seen[*service] = Seen::Wholly;
                self.path.pop();
                taken.pop();
                continue;
            };
            *left = last;
            let Some(wait) = wait(&self.services[*service], last) else { continue };
            let Ok(next) = self.services.binary_search_by(|service| service.name.as_str().cmp(wait.1)) else {
                continue;
            };
            match self.seen[next] {
                Seen::OnPath(at) => {
                    let mut circle: Vec<Wait<'l>> = taken[at..].to_vec();
                    circle.push(wait);
                    found.get_or_insert(circle);
                }
                Seen::Never => {
                    self.enter(next);
                    taken.push(wait);
                }
                Seen::Wholly => {}
            }
        }
        found
    }

    /// Puts a service at the end of the path.
    fn enter(&mut self, at: usize) {
        let service = &self.services[at];
        self.seen[at] = Seen::OnPath(self.path.len());
        self.path.push((at, service.after.len() + service.references.len()));
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
