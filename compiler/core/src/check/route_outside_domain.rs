//! `route-outside-domain`: a route at a name that isn't below the lab's domain.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Severity, Sink, code, nearest};
use crate::model::{Lab, Route, Service};

code!(Advice, "route-outside-domain", "route_outside_domain.md", "a route at a name outside of the lab's domain");

/// Reports, once for each service, its routes at names outside of the domain.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let lab = analysis.lab;
    let domain = lab.domain.as_str();
    let inside = |host: &str| {
        let host = host.strip_prefix("*.").unwrap_or(host);
        host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
    };
    let outside: Vec<&Route> = of.service.routes.iter().filter(|route| !inside(&route.host)).collect();
    if let Some((first, rest)) = outside.split_first() {
        sink.push(route_outside_domain(lab, of.service, first, rest));
    }
}

fn route_outside_domain(lab: &Lab, service: &Service, first: &Route, rest: &[&Route]) -> Diagnostic {
    let (host, domain) = (&first.host.value, &lab.domain.value);
    let message = format!("`{host}` of `{}` is outside of the lab's domain `{domain}`", service.name.value);
    let mut diagnostic =
        Diagnostic::new(&CODE, message, first.host.span, "another domain").also(lab.domain.span, "the lab's domain");
    for route in rest {
        diagnostic = diagnostic.also(route.host.span, "and this one");
    }
    if let Some(place) = brought_in(lab, service, first.host.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    // The end of the name with as many labels as the domain has.
    let labels = domain.split('.').count();
    let end: Vec<&str> = host.rsplit('.').take(labels).collect();
    let end: String = end.into_iter().rev().collect::<Vec<_>>().join(".");
    if let (Some(_), false) = (nearest(&end, [domain.as_str()]), end == *domain) {
        let meant = host.strip_suffix(&end).map_or_else(String::new, |start| format!("{start}{domain}"));
        diagnostic.severity = Severity::Warning;
        return diagnostic.help(format!("did you mean `{meant}`?"));
    }
    if !host.contains('.') {
        diagnostic.severity = Severity::Warning;
        return diagnostic.help(format!("write `route \"{host}\"` without `host` for `{host}.{domain}`"));
    }
    diagnostic.help(
        "see to it that this name leads here, which the lab's own DNS does for those who ask it, and say so: `allow \"route-outside-domain\" reason=\"…\"`",
    )
}
