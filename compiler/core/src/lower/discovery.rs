//! Under which name each port of each service is found.

use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::Sink;
use crate::model::few;
use crate::nomad::form::{Attribute, Block, Body};
use crate::resolve::codes::bad_value::bad_value;
use crate::resolve::{Expanded, bodies};
use crate::source::{AT_ONCE, Span, Spanned};
use rayon::prelude::*;
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// The registered ports of all services, by service.
#[derive(Debug, Default)]
pub struct Registry {
    /// Sorted by name.
    services: Vec<(String, Vec<Registered>)>,
    broken: BTreeSet<String>,
}

/// A port and the name it is registered under.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The port's label.
    pub port: Spanned<String>,
    /// The name in discovery, placed where it was chosen: at the port unless it has a name of its own. `None` with
    /// `register=#false`.
    pub name: Option<Spanned<String>>,
    /// The port's own tags.
    pub tags: Option<Attribute>,
}

impl Registry {
    /// Collects the ports of all services, which are sorted by name; two ports under one name are reported.
    pub fn collect(services: &[Expanded], sink: &mut Sink) -> Self {
        let ports =
            services.par_iter().with_max_len(AT_ONCE).map(|service| (service.name.value.clone(), ports_of(service)));
        let mut registry = Self { services: ports.collect(), broken: BTreeSet::new() };
        let mut taken: HashMap<&str, Span> = HashMap::with_capacity(services.len());
        for (service, (_, ports)) in services.iter().zip(&registry.services) {
            for port in ports {
                let Some(name) = &port.name else { continue };
                let behind = name.value.strip_prefix(service.name.as_str()).and_then(|rest| rest.strip_prefix('-'));
                let composed = !service.core && behind == Some(port.port.as_str());
                if composed && !(is_found(&port.port) && name.len() <= 63) {
                    let expected =
                        format!("a port that can be found: discovery would have to call it `{}`", name.value);
                    let diagnostic = bad_value(&port.port, &expected, port.port.span);
                    sink.push(
                        diagnostic
                            .help("take letters, digits and `-`, 63 with the service's name, or add `register=#false`"),
                    );
                }
                match taken.entry(name) {
                    Entry::Occupied(first) if !service.core => {
                        sink.push(defined_twice(&format!("`{}` in discovery", name.value), name.span, *first.get()));
                    }
                    Entry::Occupied(_) => {}
                    Entry::Vacant(place) => {
                        place.insert(name.span);
                    }
                }
            }
            if service.broken {
                registry.broken.insert(service.name.value.clone());
            }
        }
        registry
    }

    /// Puts what a service has now in the place of what it had; whether others see a difference.
    pub fn update(&mut self, service: &Expanded) -> bool {
        let Ok(at) = self.services.binary_search_by(|(name, _)| name.cmp(&service.name.value)) else { return true };
        let new = ports_of(service);
        let old = std::mem::replace(&mut self.services[at].1, new);
        let seen = |port: &Registered| (port.port.value.clone(), port.name.as_ref().map(|name| name.value.clone()));
        let same = old.iter().map(seen).eq(self.services[at].1.iter().map(seen));
        !same || service.broken != self.broken.contains(&service.name.value)
    }

    /// The ports of a service, if there is such a service.
    #[must_use]
    pub fn ports(&self, service: &str) -> Option<&[Registered]> {
        let at = self.services.binary_search_by(|(name, _)| name.as_str().cmp(service)).ok()?;
        Some(&self.services[at].1)
    }

    /// Whether a service may have ports that couldn't be read.
    #[must_use]
    pub fn is_broken(&self, service: &str) -> bool {
        self.broken.contains(service)
    }

    /// The names of all services.
    pub fn services(&self) -> impl Iterator<Item = &str> + Clone {
        self.services.iter().map(|(name, _)| name.as_str())
    }
}

/// Whether Nomad and Consul take a name that ends like this: it has to be a label of DNS.
fn is_found(name: &str) -> bool {
    !name.ends_with('-') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The `port` blocks of a service, those of its main task first.
pub(super) fn port_blocks(body: &Body) -> impl Iterator<Item = &Block> {
    bodies(body).flat_map(|body| body.blocks("port"))
}

fn ports_of(service: &Expanded) -> Vec<Registered> {
    match service.core {
        true => core_ports(&service.body),
        false => ports(&service.name, &service.body),
    }
}

fn ports(service: &str, body: &Body) -> Vec<Registered> {
    let mut first = true;
    let mut ports = Vec::new();
    for block in port_blocks(body) {
        let Some(label) = block.label() else { continue };
        let registered = block.body.bool("register").or_else(|| body.bool("register"));
        let registered = registered.is_none_or(|register| register.value);
        let own = block.body.str("name").map(|name| name.map(str::to_owned));
        let made = || if first { service.to_owned() } else { [service, "-", label.as_str()].concat() };
        let made = || Spanned::new(made(), label.span);
        let name = registered.then(|| own.unwrap_or_else(made));
        first &= !registered;
        ports.push(Registered { port: label.clone(), name, tags: block.body.attribute("tags").cloned() });
    }
    few(ports)
}

/// The ports that the `service` blocks of a job register.
fn core_ports(job: &Body) -> Vec<Registered> {
    let mut ports = Vec::new();
    for group in job.blocks("group") {
        let bodies = std::iter::once(&group.body).chain(group.body.blocks("task").map(|task| &task.body));
        for service in bodies.flat_map(|body| body.blocks("service")) {
            if let (Some(port), Some(name)) = (service.body.str("port"), service.body.str("name")) {
                ports.push(Registered {
                    port: port.map(str::to_owned),
                    name: Some(name.map(str::to_owned)),
                    tags: None,
                });
            }
        }
    }
    ports
}
