//! Compose files as a front end of importing: each service becomes a service of the lab, and what has no counterpart is told.
//!
//! - [`project`]: the file with what it includes and extends, variables filled in,
//! - [`service`]: each service, key by key; [`keys`] has what becomes of every key,
//! - [`links`]: names of services turned into addresses,
//! - [`write`]: the manifests.

pub mod codes;
mod deploy;
mod dotenv;
mod environment;
mod grants;
mod health;
mod keys;
mod labels;
mod links;
mod merge;
mod model;
mod offered;
mod options;
mod ports;
mod project;
mod rule;
mod scalar;
mod service;
mod storage;
#[cfg(test)]
mod tests;
mod variables;
mod write;

use super::draft::{Draft, Place};
use super::yaml::{Entry, Node};
use crate::diagnostic::Sink;
use crate::resolve::NameKind;
use crate::source::{FileId, Sources, Span, World};
use codes::compose_changed::changed;
use codes::compose_no_counterpart::{no_counterpart, not_missed};
use codes::compose_unknown_reference::unknown_reference;
use environment::Secrets;
use model::Service;
use project::{Loader, Project};
use std::collections::{BTreeMap, BTreeSet};
use variables::Variables;

/// What is known while services are read.
struct Reader<'r, 'l> {
    loader: &'r mut Loader<'l>,
    project: Project,
    variables: Variables,
    /// What the services are called in the lab.
    labels: BTreeMap<String, String>,
    secrets: Secrets,
    /// The folders that nodes have to offer.
    places: BTreeMap<String, Place>,
    /// The volumes that folders beside the Compose file became.
    folders: BTreeMap<String, String>,
    devices: BTreeSet<String>,
    nodes: BTreeSet<String>,
    meta: BTreeMap<String, String>,
    /// Further names of services, as `links` gives them.
    aliases: Vec<(String, String)>,
    /// Services that others wait for to end.
    batch: BTreeSet<String>,
    /// Services that Compose doesn't start again, with the place that says so.
    once: Vec<(String, Span)>,
}

impl Reader<'_, '_> {
    fn sink(&mut self) -> &mut Sink {
        self.loader.sink
    }
}

/// Whether a file of this name is read as a Compose file.
#[must_use]
pub fn is_compose(path: &str) -> bool {
    path.ends_with(".yml") || path.ends_with(".yaml")
}

/// The services of a Compose file.
pub fn drafts(file: FileId, sources: &mut Sources, world: &dyn World, sink: &mut Sink) -> Vec<Draft> {
    let mut loader = Loader::new(world, sources, sink);
    let Some(mut project) = loader.project(file) else { return Vec::new() };
    let variables = std::mem::take(&mut project.variables);
    let mut reader = Reader {
        loader: &mut loader,
        project,
        variables,
        labels: BTreeMap::new(),
        secrets: Secrets::default(),
        places: BTreeMap::new(),
        folders: BTreeMap::new(),
        devices: BTreeSet::new(),
        nodes: BTreeSet::new(),
        meta: BTreeMap::new(),
        aliases: Vec::new(),
        batch: BTreeSet::new(),
        once: Vec::new(),
    };
    reader.check_parts();
    let wanted = reader.wanted();
    let mut services = reader.read(&wanted);
    reader.complete(&mut services);
    links::resolve(&mut services, &mut reader);
    checked(&mut services);
    services.iter().for_each(|service| environment::in_clear(service, &mut reader));
    reader.drafts(&services, Span::new(file, 0, 0))
}

impl Reader<'_, '_> {
    /// Looks at the keys of what stands beside the services.
    fn check_parts(&mut self) {
        for network in self.project.networks.clone() {
            keys::NETWORK.check(&network.value, self.sink());
        }
        for volume in self.project.volumes.clone() {
            keys::VOLUME.check(&volume.value, self.sink());
        }
        for source in self.project.configs.iter().chain(&self.project.secrets).cloned().collect::<Vec<_>>() {
            keys::FILE_SOURCE.check(&source.value, self.sink());
        }
    }

    /// The services that run, with their names in the lab.
    fn wanted(&mut self) -> Vec<Entry> {
        let mut wanted = Vec::new();
        for entry in self.project.services.clone() {
            if let Some(profiles) = entry.value.get("profiles").filter(|it| it.list().is_none_or(|it| !it.is_empty())) {
                let names: Vec<&str> = profiles.list().unwrap_or_default().iter().filter_map(Node::text).collect();
                let what = format!("`{}`, which runs with a profile only ({}),", entry.key.value, names.join(", "));
                let help = "every service of a lab runs: take `profiles` out and import again where it shall";
                self.sink().push(no_counterpart(&what, profiles.span, help));
                continue;
            }
            let image = entry.value.get("image").and_then(Node::text).unwrap_or_default();
            if labels::is_proxy(image) {
                let message = format!("the lab's reverse proxy takes the place of `{}`", entry.key.value);
                let help =
                    "routes come from the labels of the services; give the lab `reverse-proxy \"caddy\" email=\"…\"`";
                self.sink().push(changed(message, entry.key.span, help));
                continue;
            }
            let label = self.label(&entry.key);
            self.labels.insert(entry.key.value.clone(), label);
            wanted.push(entry);
        }
        wanted
    }

    /// The name of a service as a lab may have it, and no other service.
    fn label(&self, name: &str) -> String {
        let plain: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
            .take(63)
            .collect();
        let plain = plain.trim_matches('-');
        let plain = if NameKind::Label.fits(plain) { plain } else { "service" };
        let taken = |label: &str| self.labels.values().any(|known| known == label);
        let mut label = plain.to_owned();
        let mut number = 2;
        while taken(&label) {
            label = format!("{plain}-{number}");
            number += 1;
        }
        label
    }

    fn read(&mut self, wanted: &[Entry]) -> Vec<Service> {
        let mut services = Vec::new();
        for entry in wanted {
            let label = self.labels.get(&entry.key.value).cloned().unwrap_or_default();
            services.push(service::service(entry, label, self));
        }
        services
    }

    /// What only shows once all services are read: shared networks, ports of checks and routes, one-time jobs.
    fn complete(&mut self, services: &mut [Service]) {
        for (_, place) in std::mem::take(&mut self.once).into_iter().filter(|(name, _)| !self.batch.contains(name)) {
            let help = "Nomad starts a service again when it ends: give one that does its work once `type \"batch\"`";
            self.loader.sink.push(not_missed("`restart` of a service that ends", place, help));
        }
        for at in 0..services.len() {
            if self.batch.contains(&services[at].written.value)
                && !services[at].job.iter().any(|node| node.name == "type")
            {
                services[at].job.insert(0, super::kdl::Node::new("type").arg("batch"));
            }
            let host = match services[at].joins.clone() {
                Some(name) => {
                    let found = services
                        .iter()
                        .position(|it| it.written.value == name.value || it.aliases.contains(&name.value));
                    if found.is_none_or(|host| services[host].joins.is_some()) {
                        let known: Vec<String> = services.iter().map(|it| it.written.value.clone()).collect();
                        let names = known.iter().map(String::as_str);
                        self.sink().push(unknown_reference("service", &name, name.span, names));
                        services[at].joins = None;
                        continue;
                    }
                    found
                }
                None => None,
            };
            if let Some(host) = host {
                services[at].host = Some(host);
                self.labels.insert(services[at].written.value.clone(), services[host].name.clone());
                let ports = std::mem::take(&mut services[at].ports);
                services[host].ports.extend(ports);
                let routes = std::mem::take(&mut services[at].routes);
                services[host].routes.extend(routes);
            }
        }
        for service in services.iter_mut() {
            // Compose lets the others reach every port, a lab those that are named.
            let known = service.image.as_ref().and_then(|image| model::image_port(image));
            if let Some(port) =
                known.filter(|_| service.ports.is_empty() && service.network.is_none() && service.host.is_none())
            {
                service.port(port);
            }
            let served: Vec<(Option<u16>, Span)> =
                service.routes.iter().map(|route| (route.port, route.span)).collect();
            for (port, span) in served {
                if let Some(port) = port {
                    service.port(port);
                }
                if service.ports.is_empty() {
                    let help =
                        "say with `traefik.http.services.NAME.loadbalancer.server.port` or `expose` where it listens";
                    let what = format!("the route to `{}`, whose port isn't known,", service.written.value);
                    self.loader.sink.push(no_counterpart(&what, span, help));
                    service.routes.clear();
                }
            }
        }
    }

    fn drafts(&mut self, services: &[Service], _: Span) -> Vec<Draft> {
        self.owners(services);
        let domain = domain(services);
        let mut drafts: Vec<Draft> = Vec::new();
        for (at, service) in services.iter().enumerate().filter(|(_, service)| service.host.is_none()) {
            let tasks: Vec<&Service> = services.iter().filter(|task| task.host == Some(at)).collect();
            drafts.push(write::draft(service, &tasks, domain.as_deref(), self));
        }
        if let Some(first) = drafts.first_mut() {
            first.wants.nodes.extend(std::mem::take(&mut self.nodes));
            first.wants.meta.extend(std::mem::take(&mut self.meta));
            first.wants.domain = domain.filter(|domain| variables::open_in(domain).is_none());
        }
        let mut open = BTreeSet::new();
        for place in drafts.iter().flat_map(|draft| draft.wants.places.values()) {
            write::open_in_manifest(&super::kdl::Node::new("path").arg(place.path.clone()), &mut open);
            place.mount.iter().for_each(|node| write::open_in_manifest(node, &mut open));
        }
        drafts.iter().flat_map(|draft| &draft.manifest).for_each(|node| write::open_in_manifest(node, &mut open));
        for name in &open {
            if let Some(unset) = self.variables.unset.get(name) {
                let told = unset.told(name);
                self.sink().push(told);
            }
        }
        if let Some(first) = drafts.first_mut() {
            first.wants.open.extend(open);
        }
        drafts
    }

    /// Who has to own the folders: the user of the container, where it is a number.
    fn owners(&mut self, services: &[Service]) {
        for service in services {
            let variable =
                |name: &str| service.env.iter().find(|it| *it.name == *name).map(|it| it.value.value.clone());
            let owner = match (&service.user, variable("PUID"), variable("PGID")) {
                (Some(user), ..) if user.contains(':') => Some(user.clone()),
                (Some(user), ..) => Some(format!("{user}:{user}")),
                (None, Some(user), group) => Some(format!("{user}:{}", group.unwrap_or_else(|| user.clone()))),
                _ => None,
            };
            let digits = |owner: &String| owner.bytes().all(|b| b.is_ascii_digit() || b == b':');
            let Some(owner) = owner.filter(digits) else { continue };
            for node in service.storage.iter().filter(|node| node.name == "volume") {
                if let Some(super::kdl::Scalar::Text(name)) = node.entries.first().map(|entry| &entry.value)
                    && let Some(place) = self.places.get_mut(name)
                {
                    place.owner.get_or_insert_with(|| owner.clone());
                }
            }
        }
    }
}

/// A service of which nothing is known but what its check asks has that port.
fn checked(services: &mut [Service]) {
    for at in 0..services.len() {
        let owner = services[at].host.unwrap_or(at);
        let port = services[at].checks.iter().find_map(|check| check.asked.as_ref().map(|(_, port)| *port));
        if let Some(port) = port.filter(|_| services[owner].ports.is_empty() && services[owner].network != Some("none"))
        {
            services[owner].port(port);
        }
    }
}

/// The domain below which most routes are.
fn domain(services: &[Service]) -> Option<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for route in services.iter().flat_map(|service| &service.routes) {
        let Some((_, domain)) = route.host.split_once('.') else { continue };
        if domain.contains('.') || variables::open_in(domain).is_some() {
            *counts.entry(domain).or_default() += 1;
        }
    }
    let most = counts.iter().max_by_key(|(domain, count)| (**count, std::cmp::Reverse(**domain)));
    most.map(|(domain, _)| (*domain).to_owned())
}
