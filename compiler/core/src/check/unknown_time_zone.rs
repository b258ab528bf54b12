//! `unknown-time-zone`: a program is given a time zone that there isn't.

use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::lower::{is_zone, zone_near};
use crate::source::Spanned;

code!(Warning, "unknown-time-zone", "unknown_time_zone.md", "a program is given a time zone that there isn't");

/// Reports each `TZ` that names no zone. Where several services are given one, that is one message.
pub fn check<'l>(_: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let tasks = of.service.tasks();
    let zones = tasks.flat_map(|task| task.body.blocks("env")).filter_map(|env| env.body.str("TZ"));
    zones.filter(|zone| is_meant(zone.value)).for_each(|zone| sink.push(unknown_time_zone(zone)));
}

fn unknown_time_zone(zone: Spanned<&str>) -> Diagnostic {
    let message = format!("there is no time zone `{}`", zone.value.escape_debug());
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
    !is_zone(text) && text.contains('/') && text.split('/').all(word)
}
