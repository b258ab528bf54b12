//! `route-of-what-ends`: a route to a service that runs at times, or once.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};

code!(Warning, "route-of-what-ends", "route_of_what_ends.md", "a route leads to what runs once, or at times");

/// Reports the first route of a service that ends by itself.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let service = of.service;
    let (Some(route), "batch" | "sysbatch") = (service.routes.first(), service.kind.as_str()) else { return };
    let job = &service.job.body;
    let runs = if job.block("periodic").is_some() { "at times" } else { "once" };
    let message = format!("`{}` leads to `{}`, which runs {runs} and ends", route.host.value, service.name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, route.span, "answers while it runs, and not otherwise");
    if let Some(kind) = job.block("periodic").map(|block| block.span).or(job.str("type").map(|kind| kind.span)) {
        diagnostic = diagnostic.also(kind, format!("runs {runs}"));
    }
    if let Some(place) = brought_in(analysis.lab, service, route.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    sink.push(diagnostic.help("leave the route out, or have a service that stays serve what this one makes"));
}
