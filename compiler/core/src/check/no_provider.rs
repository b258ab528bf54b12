//! `no-provider`: something that only an integration makes work, and the lab has none for it.

use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Daemon, Role};
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

/// Reports a provider of DNS that the nodes themselves run, and none does.
pub fn dns(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    let runs_dns = |daemon: &Daemon| matches!(daemon, Daemon::Dnsmasq(_));
    let answered = lab.nodes.iter().any(|node| node.daemons.iter().any(runs_dns));
    if let Some(dns) = lab.provider(Role::Dns).filter(|dns| dns.name.value == "dnsmasq" && !answered) {
        let message = format!("nothing answers for names in `{}`: no node runs dnsmasq", lab.domain.value);
        sink.push(no_provider(message, dns.name.span, "add `runs \"dnsmasq\"` to a node"));
    }
}

fn no_provider(message: String, place: Span, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message, place, "has no effect").help(help)
}
