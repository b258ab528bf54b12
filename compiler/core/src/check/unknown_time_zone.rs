//! `unknown-time-zone`: a program is given a time zone that there isn't.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::lower::{is_zone, zone_near};
use crate::source::Spanned;
use std::collections::BTreeSet;

code!(Warning, "unknown-time-zone", "unknown_time_zone.md", "a program is given a time zone that there isn't");

/// Reports each `TZ` that names no zone, once for each place where it is written.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut told = BTreeSet::new();
    for service in &analysis.lab.services {
        let tasks = service.tasks();
        let zones = tasks.flat_map(|task| task.body.blocks("env")).filter_map(|env| env.body.str("TZ"));
        for zone in zones.filter(|zone| is_meant(zone.value)) {
            if told.insert(zone.span) {
                sink.push(unknown_time_zone(&service.name, zone));
            }
        }
    }
}

fn unknown_time_zone(service: &str, zone: Spanned<&str>) -> Diagnostic {
    let message = format!("`{service}` is given the time zone `{}`, which there isn't", zone.value);
    let diagnostic = Diagnostic::new(&CODE, message, zone.span, "programs take this for UTC");
    match zone_near(zone.value) {
        Some(near) => {
            let literal = (zone.span.end - zone.span.start) as usize == zone.value.len() + 2;
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            if literal { diagnostic.fix(zone.span, format!("\"{near}\"")) } else { diagnostic }
        }
        None => diagnostic.help("`timedatectl list-timezones` lists them"),
    }
}

/// Whether a text is meant to name a zone of the database: a region and a place, and no rule of its own, such as `CET-1CEST`.
fn is_meant(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-'));
    text.contains('/') && text.split('/').all(word) && !is_zone(text)
}
