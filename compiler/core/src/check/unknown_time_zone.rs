//! `unknown-time-zone`: a program is given a time zone that there isn't.

use crate::analyze::{Analysis, Place};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::lower::{is_zone, zone_near};
use std::collections::BTreeSet;

code!(Warning, "unknown-time-zone", "unknown_time_zone.md", "a program is given a time zone that there isn't");

/// Reports each `TZ` that names no zone, once for each place where it is written.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut told = BTreeSet::new();
    for of in analysis.services() {
        for text in of.texts().iter().filter(|text| text.place == Place::Env("TZ") && is_meant(text.text)) {
            if !told.insert(text.span) {
                continue;
            }
            let message =
                format!("`{}` is given the time zone `{}`, which there isn't", of.service.name.value, text.text);
            let diagnostic = Diagnostic::new(&CODE, message, text.span, "programs take this for UTC");
            sink.push(match zone_near(text.text) {
                Some(near) => {
                    let literal = (text.span.end - text.span.start) as usize == text.text.len() + 2;
                    let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                    if literal { diagnostic.fix(text.span, format!("\"{near}\"")) } else { diagnostic }
                }
                None => diagnostic.help("`timedatectl list-timezones` lists them"),
            });
        }
    }
}

/// Whether a text is meant to name a zone of the database: a region and a place, and no rule of its own, such as `CET-1CEST`.
fn is_meant(text: &str) -> bool {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '-'));
    text.contains('/') && text.split('/').all(word) && !is_zone(text)
}
