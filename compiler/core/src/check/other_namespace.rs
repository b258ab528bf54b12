//! `other-namespace`: something looks for a service that lies in another namespace, where Nomad's discovery doesn't look.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Discovery, Lab, Role, Service};
use crate::source::Span;

code!(Error, "other-namespace", "other_namespace.md", "a service is looked for from another namespace");

/// Reports, in labs that use Nomad's own discovery, each address, route and `metrics` that crosses namespaces.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    if lab.discovery != Discovery::Nomad {
        return;
    }
    for service in &lab.services {
        for reference in &service.references {
            if let Some(found) = lab.service(&reference.service) {
                report(service, found, reference.span, sink);
            }
        }
        if let (Some(proxy), Some(route)) = (provider(lab, Role::ReverseProxy), service.routes.first()) {
            report(proxy, service, route.span, sink);
        }
        if let (Some(monitoring), Some(metrics)) = (provider(lab, Role::Monitoring), &service.metrics) {
            report(monitoring, service, metrics.span, sink);
        }
    }
}

fn provider(lab: &Lab, role: Role) -> Option<&Service> {
    lab.service(lab.provider(role)?.service.as_deref()?)
}

fn report(looking: &Service, found: &Service, place: Span, sink: &mut Sink) {
    let (from, to) = (&looking.namespace, &found.namespace);
    if from.value != to.value {
        let (one, other) = (&looking.name.value, &found.name.value);
        let message = format!("`{one}` in namespace `{}` can't find `{other}` in namespace `{}`", from.value, to.value);
        sink.push(
            Diagnostic::new(&CODE, message, place, format!("needs `{other}` to be found"))
                .also(to.span, format!("`{other}` is in `{}`", to.value))
                .help("put both into one namespace, or use Consul: Nomad's own discovery looks in a job's own namespace only"),
        );
    }
}
