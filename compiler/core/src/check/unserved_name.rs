//! `unserved-name`: a service is told a name in the lab's domain that nothing in the lab answers to.

use super::brought_in;
use crate::analyze::{Analysis, Place, ServiceFacts, Text};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Lab, Role, Service};
use std::collections::BTreeSet;

code!(Warning, "unserved-name", "unserved_name.md", "a name in the lab's domain that nothing answers to");

/// Reports, once for each service, names below the lab's domain that no route, node or host of its DNS has: those that are
/// almost one, and all of them where the lab's own DNS alone knows what is below its domain.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let lab = analysis.lab;
    let domain = &lab.domain.value;
    let texts = of.texts().iter().filter(|text| matches!(text.place, Place::Env(_) | Place::Argument));
    let told = texts.filter(|text| text.text.len() > domain.len() && text.text.contains('.'));
    for (text, at, name) in told.flat_map(|text| names(text.text, domain).map(move |(at, name)| (text, at, name))) {
        let known = analysis.hosts();
        if !is_answered(name, known)
            && let Some(diagnostic) = unserved(lab, of.service, text, (at, name), known)
        {
            return sink.push(diagnostic);
        }
    }
}

/// The names below the domain in a text, with their places: `cloud` in `https://cloud.home.example.com/x`.
fn names<'t>(text: &'t str, domain: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
    text.match_indices(domain).filter_map(move |(at, _)| {
        let dot = at.checked_sub(1).filter(|_| text[..at].ends_with('.'))?;
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '*');
        let start = text[..dot].trim_end_matches(part).len();
        let behind = text[at + domain.len()..].chars().next();
        let whole = behind.is_none_or(|c| !part(c) || c == '.');
        // `ops@mail.home.example.com` is somebody's address, `{{ … }}.home.example.com` and `\.` no name yet.
        let own = !text[..start].ends_with(['@', '}', '\\', '$', ')', ']', '+']);
        let name = &text[start..dot];
        (whole && own && !name.is_empty() && !name.contains(['*', '_'])).then_some((start, name))
    })
}

/// Whether something answers to a name, or a route to all names beside it.
fn is_answered(name: &str, known: &BTreeSet<&str>) -> bool {
    let beside = name.split_once('.').map_or_else(|| "*".to_owned(), |(_, rest)| format!("*.{rest}"));
    known.contains(name) || known.contains(beside.as_str())
}

fn unserved(
    lab: &Lab,
    service: &Service,
    text: &Text<'_>,
    (at, name): (usize, &str),
    known: &BTreeSet<&str>,
) -> Option<Diagnostic> {
    let domain = &lab.domain.value;
    let own = service.routes.iter().find(|route| route.host.value.ends_with(domain.as_str()));
    let near = nearest(name, known.iter().copied());
    let alone = lab.provider(Role::Dns).is_some_and(|dns| dns.name.value == "dnsmasq");
    // With DHCP it knows machines by the names that they call themselves.
    let lends = lab.dnsmasqs().any(|(_, dnsmasq)| dnsmasq.dhcp.is_some());
    if near.is_none() && (!alone || lends) {
        return None;
    }
    let message = format!(
        "`{}` is told `{name}.{domain}` in {}, and nothing in the lab has this name",
        service.name.value,
        text.place.described()
    );
    let whole = name.len() + 1 + domain.len();
    let diagnostic = Diagnostic::new(&CODE, message, text.span.part(text.text, at, whole), "nothing answers to it");
    let diagnostic = match own {
        Some(route) => diagnostic.also(route.host.span, format!("its own route is `{}`", route.host.value)),
        None => diagnostic,
    };
    let diagnostic = match brought_in(lab, service, text.span) {
        Some(place) => diagnostic.also(place, "brought in here"),
        None => diagnostic,
    };
    Some(diagnostic.help(match (near, own) {
        (Some(near), _) => format!("did you mean `{near}.{domain}`?"),
        (None, Some(route)) => format!("write `{}`, or call the route `{name}`", route.host.value),
        (None, None) => format!("add `route \"{name}\"` to the service that is meant"),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_where_the_domain_does() {
        let found = |text| -> Vec<&str> { names(text, "home.example.com").map(|(_, name)| name).collect() };
        assert_eq!(found("https://cloud.home.example.com/x a.b.home.example.com,"), ["cloud", "a.b"]);
        assert_eq!(found("“café.home.example.com” écloud.home.example.com"), ["cloud"]);
        for none in [
            "https://home.example.com",
            "ops@mail.home.example.com",
            ".home.example.com",
            "x.home.example.community",
            "{{ .x }}.home.example.com",
            "*.home.example.com",
        ] {
            assert_eq!(found(none), Vec::<&str>::new(), "{none}");
        }
    }
}
