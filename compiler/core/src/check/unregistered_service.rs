//! `unregistered-service`: a template that asks discovery for a service that nothing registers.

use super::brought_in;
use super::hard_coded_address::AGENTS;
use crate::analyze::{Analysis, Discovered, Place, ServiceFacts, Text};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Lab, Service};
use crate::source::Span;

code!(
    Warning,
    "unregistered-service",
    "unregistered_service.md",
    "a template asks for a service that nothing registers"
);

/// Functions of templates that take the name of a service.
const FUNCTIONS: [&str; 3] = ["service", "nomadService", "connect"];

/// Reports, once for each service, names in templates that nothing in the lab registers.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    // A name that Nomad completes when it starts a task may be any.
    let filled = || analysis.registered().names().filter(|name| name.contains("${"));
    let known = |name: &str| {
        analysis.registered().get(name).is_some()
            || AGENTS.contains(&name)
            || filled().any(|pattern| may_be(pattern, name))
    };
    let elsewhere = |function: &str, name: &str| {
        let (_, found) = analysis.registered().get(name)?;
        let (at, place) = if function == "nomadService" { (1, "Nomad") } else { (0, "Consul") };
        (!found.found_in[at] && !AGENTS.contains(&name)).then_some((place, *found))
    };
    let files = of.texts().iter().copied().filter(|text| text.place == Place::File);
    let asked = files.flat_map(asked);
    let mut missing: Vec<(&str, Span)> = Vec::new();
    let mut other = None;
    for (function, name, span) in asked {
        if !known(name) {
            missing.push((name, span));
        } else if let Some((place, found)) = elsewhere(function, name) {
            other = other.or(Some((name, span, place, found)));
        }
    }
    if let Some((name, span, place, found)) = other {
        sink.push(registered_elsewhere(analysis.lab, of.service, (name, span), place, &found));
    }
    missing.dedup_by_key(|(name, _)| *name);
    if let Some((first, rest)) = missing.split_first() {
        let plain: Vec<&str> = analysis.registered().names().filter(|name| !name.contains("${")).collect();
        sink.push(unregistered_service(analysis.lab, of.service, *first, rest, &plain));
    }
}

/// Whether a name may come out of one with parts that Nomad fills in.
fn may_be(pattern: &str, name: &str) -> bool {
    let start = pattern.split("${").next().unwrap_or_default();
    let end = pattern.rsplit('}').next().unwrap_or_default();
    name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
}

/// The names that a template asks for, as far as they are written out: `{{ range service "db" }}`.
fn asked(text: Text<'_>) -> Vec<(&'static str, &str, Span)> {
    let mut found = Vec::new();
    if !FUNCTIONS.iter().any(|function| text.text.contains(function)) {
        return found;
    }
    for (at, _) in text.text.match_indices("{{") {
        let rest = &text.text[at + 2..];
        let action = &rest[..rest.find("}}").unwrap_or(rest.len())];
        let mut words = action.split_ascii_whitespace().map(|word| word.trim_matches(['-', '(', ')']));
        while let Some(word) = words.next() {
            let Some(function) = FUNCTIONS.into_iter().find(|function| *function == word) else { continue };
            let quoted = words.next().and_then(|word| word.strip_prefix('"')?.strip_suffix('"'));
            // `tag.name@datacenter|passing`
            let name = quoted.map(|name| name.split(['@', '|']).next().unwrap_or(name));
            let name = name.map(|name| name.rsplit('.').next().unwrap_or(name));
            if let Some(name) = name.filter(|name| !name.is_empty() && !name.contains(['$', '{', '%'])) {
                let behind = action.find(name).unwrap_or_default();
                found.push((function, name, text.span.part(text.text, at + 2 + behind, name.len())));
            }
        }
    }
    found
}

/// What is registered, but not where the template asks.
fn registered_elsewhere(
    lab: &Lab,
    service: &Service,
    (name, span): (&str, Span),
    place: &str,
    found: &Discovered<'_>,
) -> Diagnostic {
    let (there, function) = if place == "Nomad" { ("Consul", "service") } else { ("Nomad", "nomadService") };
    let message = format!("`{}` asks {place} for `{name}`, which is registered in {there}", service.name.value);
    let diagnostic = Diagnostic::new(&CODE, message, span, "in this template").also(found.span, "registered here");
    let diagnostic = match brought_in(lab, service, span) {
        Some(place) => diagnostic.also(place, "brought in here"),
        None => diagnostic,
    };
    diagnostic.help(format!("ask {there}: `{{{{ range {function} \"{name}\" }}}}`"))
}

fn unregistered_service(
    lab: &Lab,
    service: &Service,
    (name, span): (&str, Span),
    rest: &[(&str, Span)],
    known: &[&str],
) -> Diagnostic {
    let message = format!("`{}` asks discovery for `{name}`, which nothing in the lab registers", service.name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, span, "in this template");
    for (name, span) in rest {
        diagnostic = diagnostic.also(*span, format!("and for `{name}`"));
    }
    if let Some(place) = brought_in(lab, service, span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help(match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "add the service, or say who registers it: `allow \"unregistered-service\" reason=\"…\"`".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_written_out_are_found() {
        let found = |text: &str| -> Vec<String> {
            let text = Text { place: Place::File, text, span: Span::default() };
            asked(text).into_iter().map(|(_, name, _)| name.to_owned()).collect()
        };
        assert_eq!(found(r#"{{ range service "db" }}x{{ end }}"#), ["db"]);
        assert_eq!(found(r#"{{- with nomadService "a" -}}{{range service "tag.b@dc|any"}}"#), ["a", "b"]);
        assert_eq!(found(r#"{{ range service (env "NAME") }}{{ service }} service "x""#), Vec::<String>::new());
    }

    #[test]
    fn a_name_that_nomad_fills_in_may_be_any() {
        assert!(may_be("${NOMAD_JOB_NAME}-http", "web-http") && may_be("a-${x}", "a-b"));
        assert!(!may_be("${NOMAD_JOB_NAME}-http", "web"));
    }
}
