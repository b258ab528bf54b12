//! Services as manifests, in the order in which a person writes them.

use super::Reader;
use super::codes::compose_no_counterpart::no_counterpart;
use super::model::{Check, Port, Protocol, Route, Service};
use super::scalar::written;
use super::variables::scalar;
use crate::import::draft::{Draft, Wants};
use crate::import::kdl::{Entry, Node, Scalar};
use std::collections::BTreeSet;

/// Memory of a service that says nothing about it, in bytes.
const MEMORY: i64 = 512 << 20;
const MIB: i64 = 1 << 20;

/// Writes a service with the tasks that share its network.
pub(super) fn draft(service: &Service, tasks: &[&Service], domain: Option<&str>, reader: &mut Reader<'_, '_>) -> Draft {
    let mut node = Node::new("service").arg(service.name.as_str());
    let mut children = vec![];
    main(service, &mut children);
    let network = if tasks.is_empty() { service.network } else { service.network.or(Some("bridge")) };
    children.extend(network.map(|mode| Node::new("network").arg(mode)));
    let host = network == Some("host");
    children.extend((0..service.ports.len()).map(|at| port(service, at, host)));
    parts(service, service, true, &mut children, reader);
    children.extend(service.routes.iter().map(|route| self::route(route, service, domain)));
    let after: BTreeSet<&str> = reader.waits(service, tasks);
    if !after.is_empty() {
        children.push(after.iter().fold(Node::new("after"), |node, name| node.arg(*name)));
    }
    children.extend(service.job.iter().cloned());
    for task in tasks {
        let mut inner = Vec::new();
        main(task, &mut inner);
        parts(task, service, false, &mut inner, reader);
        children.push(Node { children: Some(inner), ..Node::new("task").arg(task.name.as_str()).apart() });
    }
    children.extend(nomad(service));
    node.children = Some(children);
    let mut files = service.files.clone();
    files.extend(tasks.iter().flat_map(|task| task.files.clone()));
    let wants = wants(service, tasks, reader);
    Draft {
        name: crate::source::Spanned::new(service.name.clone(), service.written.span),
        manifest: vec![node],
        files,
        wants,
        ..Draft::default()
    }
}

/// What is run.
fn main(service: &Service, children: &mut Vec<Node>) {
    if let Some(image) = &service.image {
        children.push(Node::new("image").arg(scalar(image)));
    }
    children.extend(service.arch.map(|arch| Node::new("arch").arg(arch)));
    let mut words = service.command.iter().peekable();
    if let Some(program) = words.next_if(|word| !word.starts_with('-') && !word.is_empty()) {
        children.push(Node::new("command").arg(scalar(program)));
    }
    let args = words.fold(Node::new("args"), |node, word| node.arg(scalar(word)));
    if !args.entries.is_empty() {
        children.push(args);
    }
    if let Some(user) = &service.user {
        children.push(Node::new("user").arg(scalar(user)));
    }
    if service.privileged {
        children.push(Node::new("privileged").arg(true));
    }
}

/// What the main task and others have alike; `owner` is the service that has the ports.
fn parts(service: &Service, owner: &Service, main: bool, children: &mut Vec<Node>, reader: &mut Reader<'_, '_>) {
    children.push(resources(service));
    children.extend(service.storage.iter().cloned());
    if !service.env.is_empty() {
        let env = service.env.iter().fold(Node::new("env"), |env, variable| {
            let node = Node::new(variable.name.value.clone());
            env.child(match variable.tag {
                Some(tag) => node.tagged(tag, scalar(&variable.value)),
                None => node.arg(scalar(&variable.value)),
            })
        });
        children.push(env);
    }
    for it in &service.checks {
        if owner.ports.is_empty() {
            let help = "a check is of a registered port: give the service a `port`, and the check is `check \"script\" command=\"…\"`";
            reader.sink().push(no_counterpart("the health check of a service without a port", it.span, help));
        } else {
            children.push(check(it, owner, main));
        }
    }
    children.extend(service.devices.iter().cloned());
    children.extend(service.kill.iter().cloned());
    if !service.config.is_empty() {
        children.push(Node { children: Some(service.config.clone()), ..Node::new("config") });
    }
}

fn port(service: &Service, at: usize, host: bool) -> Node {
    let Port { to, published, protocol, .. } = &service.ports[at];
    let node = Node::new("port").arg(service.label(at));
    let node = match published {
        _ if host => node.prop("static", i64::from(*to)),
        Some(number) if number == to => node.prop("static", i64::from(*number)),
        Some(number) => node.prop("static", i64::from(*number)).prop("to", i64::from(*to)),
        None => node.prop("to", i64::from(*to)),
    };
    match protocol {
        Protocol::Tcp => node,
        Protocol::Udp => node.prop("protocol", "udp"),
        Protocol::Both => node.prop("protocol", "both"),
    }
}

fn resources(service: &Service) -> Node {
    let size = |bytes| Scalar::from(written(bytes, MIB));
    let mut node = Node::new("resources");
    if let Some(cpu) = service.cpu {
        node = node.prop("cpu", cpu);
    }
    match (service.memory, service.memory_max) {
        (Some(memory), Some(most)) if memory < most => node.prop("memory", size(memory)).prop("memory-max", size(most)),
        (Some(memory), None) | (_, Some(memory)) => node.prop("memory", size(memory)),
        (None, None) => node.prop("memory", size(MEMORY)),
    }
}

/// The name of the port in the container, where it isn't the one that is meant anyway.
fn named(to: Option<u16>, owner: &Service, always: bool) -> Option<String> {
    let at = owner.ports.iter().position(|port| Some(port.to) == to)?;
    (at > 0 || always && owner.ports.len() > 1).then(|| owner.label(at))
}

fn check(check: &Check, owner: &Service, main: bool) -> Node {
    // What listens on the container's own loopback, nobody reaches from outside.
    let asked = check.asked.as_ref().filter(|(_, port)| owner.ports.iter().any(|known| known.to == *port));
    let mut node = asked.map_or(&check.script, |(node, _)| node).clone();
    if let Some(port) = named(asked.map(|(_, port)| *port), owner, !main) {
        node.entries.insert(1, Entry { name: Some("port".into()), ty: None, value: port.into() });
    }
    node
}

fn route(route: &Route, owner: &Service, domain: Option<&str>) -> Node {
    let end = domain.map(|domain| format!(".{domain}"));
    let label = end.as_ref().and_then(|end| route.host.strip_suffix(end.as_str())).filter(|label| !label.is_empty());
    let first = route.host.split('.').next().unwrap_or(&route.host);
    let node = match label {
        Some(label) => Node::new("route").arg(scalar(label)),
        None => Node::new("route").arg(scalar(first)).prop("host", scalar(&route.host)),
    };
    let node = match named(route.port, owner, false) {
        Some(port) => node.prop("port", port),
        None => node,
    };
    match &route.path {
        Some(path) => node.prop("path", scalar(path)),
        None => node,
    }
}

/// What only Nomad has words for.
fn nomad(service: &Service) -> Option<Node> {
    let mut children = service.nomad.clone();
    if !service.group.is_empty() {
        let group = Node::new("group").arg(service.name.as_str());
        children.push(Node { children: Some(service.group.clone()), ..group });
    }
    (!children.is_empty()).then(|| Node { children: Some(children), ..Node::new("nomad") })
}

fn wants(service: &Service, tasks: &[&Service], reader: &Reader<'_, '_>) -> Wants {
    let mut wants = Wants::default();
    for service in std::iter::once(service).chain(tasks.iter().copied()) {
        for volume in service.storage.iter().filter(|node| node.name == "volume") {
            let Some(Scalar::Text(name)) = volume.entries.first().map(|entry| &entry.value) else { continue };
            let place = reader.places.get(name).cloned().unwrap_or_default();
            wants.volumes.insert(name.clone());
            wants.places.insert(name.clone(), place);
        }
        for variable in service.env.iter().filter(|variable| variable.tag == Some("secret")) {
            if let Some((path, key)) = variable.value.strip_prefix("nomad:").and_then(|place| place.split_once('#')) {
                wants.hold(path, key);
            }
        }
        for (path, key) in &service.held {
            wants.hold(path, key);
        }
        wants.devices.extend(service.devices.iter().filter_map(
            |node| match node.entries.first().map(|it| &it.value) {
                Some(Scalar::Text(name)) => Some(name.clone()),
                _ => None,
            },
        ));
        wants.arches.extend(service.arch.map(str::to_owned));
        wants.proxy |= !service.routes.is_empty();
    }
    wants
}

impl Wants {
    fn hold(&mut self, path: &str, key: &str) {
        let place = ("nomad".to_owned(), path.to_owned());
        self.secrets.entry(place).or_default().insert(key.to_owned());
    }
}

/// The variables without a value that a manifest still names.
pub(super) fn open_in_manifest(node: &Node, found: &mut BTreeSet<String>) {
    for entry in &node.entries {
        if let Scalar::Filled(text) = &entry.value {
            found.extend(
                text.split("@{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()),
            );
        }
    }
    for child in node.children.iter().flatten() {
        open_in_manifest(child, found);
    }
}

impl Reader<'_, '_> {
    /// What a service waits for and doesn't name in its environment.
    fn waits(&self, service: &Service, tasks: &[&Service]) -> BTreeSet<&str> {
        let mut waits = BTreeSet::new();
        for service in std::iter::once(service).chain(tasks.iter().copied()) {
            for name in &service.after {
                if let Some(label) = self.labels.get(&name.value) {
                    waits.insert(label.as_str());
                }
            }
        }
        for service in std::iter::once(service).chain(tasks.iter().copied()) {
            waits.remove(service.name.as_str());
            for variable in service.env.iter().filter(|it| matches!(it.tag, Some("host" | "address" | "port" | "url")))
            {
                let text = variable.value.rsplit_once('@').map_or(variable.value.as_str(), |(_, text)| text);
                let text = text.split_once("://").map_or(text, |(_, text)| text);
                waits.remove(text.split(':').next().unwrap_or(text));
            }
        }
        waits
    }
}
