//! `labels`: those of Traefik as routes, the others as labels of the container.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_no_counterpart::no_counterpart;
use super::model::{Route, Service};
use super::rule::targets;
use super::variables::{scalar, shown};
use super::{Reader, dotenv, scalar as scalars};
use crate::import::kdl::Node;
use crate::import::yaml::Entry;
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// What Traefik is told with these follows from a `route` in the lab.
const FOLLOWS: [&str; 10] = [
    "traefik.docker.network",
    "traefik.docker.lbswarm",
    "traefik.enable",
    "traefik.swarm.network",
    "entrypoints",
    "service",
    "tls",
    "tls.certresolver",
    "loadbalancer.passhostheader",
    "loadbalancer.server.scheme",
];

/// A label: its name and its value.
pub(super) type Label = (Spanned<String>, Spanned<String>);

/// Reads `labels`.
pub(super) fn labels(entry: &Entry, reader: &mut Reader<'_, '_>) -> Vec<Label> {
    let pairs = scalars::pairs(entry, reader.sink());
    let empty = |span| Spanned::new(String::new(), span);
    pairs
        .into_iter()
        .map(|(name, value)| (value.unwrap_or_else(|| empty(name.span)), name))
        .map(|(v, n)| (n, v))
        .collect()
}

/// Reads `label_file`.
pub(super) fn label_file(entry: &Entry, reader: &mut Reader<'_, '_>) -> Vec<Label> {
    let mut labels = Vec::new();
    for path in scalars::texts(entry, reader.sink()) {
        let Some((file, text)) = reader.loader.named(&path) else { continue };
        for (name, value) in dotenv::read(&text, file, &reader.variables, reader.loader.sink) {
            let value = value.unwrap_or_else(|| Spanned::new(String::new(), name.span));
            labels.push((name, value));
        }
    }
    labels
}

/// A router of Traefik.
#[derive(Default)]
struct Router {
    rule: Option<Spanned<String>>,
    service: Option<String>,
    name: String,
}

/// Gives a service the routes and the labels of its container.
pub(super) fn apply(labels: Vec<Label>, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut routers: BTreeMap<String, Router> = BTreeMap::new();
    let mut ports: Vec<(String, u16)> = Vec::new();
    let mut enabled = None;
    let mut plain = Node::new("labels");
    for (name, value) in labels {
        let lower = name.to_ascii_lowercase();
        if !lower.starts_with("traefik.") {
            plain = plain.child(Node::new(name.value.clone()).arg(scalar(&value)));
            continue;
        }
        if lower == "traefik.enable" {
            enabled = Some((value.eq_ignore_ascii_case("true"), name.span));
        }
        let parts: Vec<&str> = lower.splitn(5, '.').collect();
        match parts[..] {
            [_, "http", "routers", router, "rule"] => {
                routers.entry(router.to_owned()).or_default().rule = Some(value);
            }
            [_, "http", "routers", router, "service"] => {
                routers.entry(router.to_owned()).or_default().service = Some(value.to_ascii_lowercase());
            }
            [_, "http", "services", of, "loadbalancer.server.port"] => match value.parse() {
                Ok(port) => ports.push((of.to_owned(), port)),
                Err(_) => {
                    reader
                        .sink()
                        .push(bad_value(&shown(&value), "a port", value.span).help("write the port in the container"));
                }
            },
            [_, "http", "routers" | "services", _, rest] if follows(rest, &value) => {}
            _ if FOLLOWS.contains(&lower.as_str()) => {}
            _ => {
                let help = "a `route` serves HTTP and HTTPS at a name: what else the proxy shall do, the service or the lab's proxy has to";
                reader.sink().push(no_counterpart(&format!("the label `{}`", name.value), name.span, help));
            }
        }
    }
    if !plain.children.as_ref().is_none_or(Vec::is_empty) {
        service.config.push(plain);
    }
    if let Some((false, _)) = enabled {
        return;
    }
    for (name, router) in &mut routers {
        router.name.clone_from(name);
    }
    let span = enabled.map(|(_, span)| span);
    routes(routers.into_values().collect(), &ports, span, service, reader);
}

fn follows(name: &str, value: &str) -> bool {
    FOLLOWS.contains(&name) && !(name == "loadbalancer.server.scheme" && value != "http")
}

fn routes(
    routers: Vec<Router>,
    ports: &[(String, u16)],
    enabled: Option<Span>,
    service: &mut Service,
    reader: &mut Reader<'_, '_>,
) {
    let named = routers.iter().any(|router| router.rule.is_some());
    if let Some(span) = enabled.filter(|_| !named) {
        let help = "give the service a `route \"NAME\"`: Traefik would make a rule of the container's name";
        reader.sink().push(no_counterpart("the label `traefik.enable` without a rule", span, help));
    }
    for router in routers {
        let Some(rule) = router.rule else { continue };
        let wanted = router.service.as_deref().unwrap_or(&router.name);
        let port = ports.iter().find(|(of, _)| of == wanted).or(if ports.len() == 1 { ports.first() } else { None });
        let Some(targets) = targets(&rule).filter(|targets| targets.iter().all(|target| target.host.is_some())) else {
            let help = "`route \"NAME\"` and `route \"NAME\" path=\"/below\"` are what a lab can say";
            reader.sink().push(no_counterpart(&format!("the rule `{}`", shown(&rule)), rule.span, help));
            continue;
        };
        for target in targets {
            let route = Route {
                host: target.host.unwrap_or_default(),
                path: target.path,
                port: port.map(|(_, port)| *port),
                span: rule.span,
            };
            let same = |known: &Route| known.host == route.host && known.path == route.path;
            if !service.routes.iter().any(same) {
                service.routes.push(route);
            }
        }
    }
}

/// Whether an image is Traefik itself, whose place the lab's proxy takes.
pub(super) fn is_proxy(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split([':', '@']).next() == Some("traefik")
}
