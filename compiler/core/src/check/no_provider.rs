//! `no-provider`: something that only an integration makes work, and the lab has none for it.

use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Role;
use crate::source::Span;

code!(Warning, "no-provider", "no_provider.md", "something has no effect without an integration that the lab lacks");

/// Reports each route and `backup` that nothing reads. `metrics` say what there is, for whoever may ask some day.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let (lab, service) = (analysis.lab, of.service);
    let name = &service.name.value;
    if let Some(route) = service.routes.first().filter(|_| lab.provider(Role::ReverseProxy).is_none()) {
        let message = format!("nothing serves the route of `{name}`: the lab has no reverse proxy");
        sink.push(no_provider(message, route.span, "add `reverse-proxy \"caddy\"` to `lab.kdl`"));
    }
    for backup in &service.backups {
        let message = format!("nothing makes the backup of `{}`: no integration does backups yet", backup.value);
        sink.push(no_provider(message, backup.span, "back it up yourself, and take this line as a note of it"));
    }
}

fn no_provider(message: String, place: Span, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message, place, "has no effect").help(help)
}
