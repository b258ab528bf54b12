//! `no-provider`: something that only an integration makes work, and the lab has none for it.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts, registrations};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Daemon, Role};
use crate::nomad::form::{Block, ValueKind};
use crate::source::{Span, Spanned};

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

/// Reports, once for each service, what is meant for Traefik in a lab whose routes another proxy serves.
pub fn traefik<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let (lab, service) = (analysis.lab, of.service);
    let Some(proxy) = lab.provider(Role::ReverseProxy).filter(|proxy| !proxy.name.contains("traefik")) else { return };
    let mut told = service.job.body.blocks("group").flat_map(told_traefik);
    let Some(first) = told.next().filter(|_| !analysis.has_traefik()) else { return };
    let message =
        format!("nothing reads `{}` of `{}`: no Traefik runs in the lab", first.escape_debug(), service.name.value);
    let help = match (service.routes.first(), service.manifest.ends_with(".kdl")) {
        (Some(route), _) => {
            format!("leave out what is for Traefik: `{}` serves `{}`", proxy.name.value, route.host.value)
        }
        (None, true) => format!(
            "write a `route` in its place, such as `route \"{}\"`: `{}` serves that",
            service.name.value, proxy.name.value
        ),
        (None, false) => format!(
            "leave it out; `hlmc import` makes a manifest of the job, where `{}` serves a `route`",
            proxy.name.value
        ),
    };
    let diagnostic =
        told.take(3).fold(no_provider(message, first.span, &help), |it, tag| it.also(tag.span, "nor this"));
    let diagnostic = diagnostic.also(proxy.name.span, "the lab's reverse proxy");
    sink.push(match brought_in(lab, service, first.span) {
        Some(place) => diagnostic.also(place, "brought in here"),
        None => diagnostic,
    });
}

/// What a group tells Traefik: tags in discovery, and labels of containers.
fn told_traefik(group: &Block) -> impl Iterator<Item = Spanned<&str>> {
    let tags = registrations(group).flat_map(|service| service.body.strings("tags"));
    let configs = group.body.blocks("task").filter_map(|task| task.body.block("config"));
    let labels = configs.filter_map(|config| config.body.attribute("labels")).flat_map(|labels| {
        labels.value.elements().iter().flat_map(|labels| match &labels.kind {
            ValueKind::Map(pairs) => {
                pairs.iter().map(|(name, _)| Spanned::new(name.value.as_str(), name.span)).collect()
            }
            _ => Vec::new(),
        })
    });
    tags.chain(labels).filter(|text| text.value.starts_with("traefik."))
}

fn no_provider(message: String, place: Span, help: &str) -> Diagnostic {
    Diagnostic::new(&CODE, message, place, "has no effect").help(help)
}
