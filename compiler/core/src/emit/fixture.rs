//! A small lab in code for the emitters' tests.

use crate::analyze::{Analysis, GroupFacts, NodeFacts};
use crate::model::{
    Arch, Capacity, Discovery, Group, Lab, Metrics, Network, Node, Provider, Reference, Reserved, Resources, Role,
    Route, Service, Ssh, Volume,
};
use crate::nomad::form::{Block, Body, Tag, Value};
use crate::source::{Span, Spanned};

/// A text without a place.
pub(super) fn at_nowhere(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), Span::default())
}

/// A lab without nodes and services.
pub(super) fn lab() -> Lab {
    Lab {
        name: at_nowhere("home"),
        domain: at_nowhere("home.example.com"),
        datacenter: "home".to_owned(),
        region: "global".to_owned(),
        acl: false,
        discovery: Discovery::Consul,
        networks: vec![Network { name: at_nowhere("lan"), cidr: at_nowhere("192.168.1.0/24") }],
        namespaces: Vec::new(),
        stores: Vec::new(),
        providers: Vec::new(),
        more_nodes: false,
        more_services: false,
        more_secrets: false,
        nodes: Vec::new(),
        services: Vec::new(),
        lock: None,
        locked: false,
        allowed: Vec::new(),
    }
}

/// A provider with options.
pub(super) fn provider(role: Role, name: &str, options: &[(&'static str, &str)]) -> Provider {
    let mut body = Body::default();
    for (option, value) in options {
        body.set(*option, Value::str(*value, Span::default()));
    }
    Provider { role, name: at_nowhere(name), options: body, service: None, span: Span::default() }
}

/// A client of class `pi`, or a server and client of class `nas`.
pub(super) fn node(name: &str, last_byte: u8, server: bool) -> Node {
    Node {
        name: at_nowhere(name),
        address: Spanned::new([192, 168, 1, last_byte].into(), Span::default()),
        interface: None,
        arch: Spanned::new(if server { Arch::Amd64 } else { Arch::Arm64 }, Span::default()),
        os: "debian".to_owned(),
        class: at_nowhere(if server { "nas" } else { "pi" }),
        pool: at_nowhere("default"),
        server,
        client: true,
        drivers: Vec::new(),
        ssh: Ssh::default(),
        capacity: Capacity::default(),
        reserved: Reserved { cpu: 0, memory: 0, disk: 0, ports: None },
        meta: Vec::new(),
        host_volumes: Vec::new(),
        mounts: Vec::new(),
        devices: Vec::new(),
        daemons: Vec::new(),
        nomad: Body::default(),
        consul: Body::default(),
        manifest: "nodes/lab.kdl".to_owned(),
        span: Span::default(),
    }
}

/// A service with one group of the same name.
pub(super) fn service(name: &str) -> Service {
    Service {
        name: at_nowhere(name),
        description: String::new(),
        namespace: at_nowhere("default"),
        kind: "service".to_owned(),
        job: Block::labelled("job", at_nowhere(name), Span::default()),
        groups: vec![group(name)],
        routes: Vec::new(),
        metrics: None,
        backups: Vec::new(),
        secrets: Vec::new(),
        references: Vec::new(),
        after: Vec::new(),
        platforms: Vec::new(),
        manifest: format!("services/{name}/service.kdl"),
        span: Span::default(),
    }
}

fn group(name: &str) -> Group {
    Group {
        name: at_nowhere(name),
        count: Spanned::new(1, Span::default()),
        network_mode: None,
        ports: Vec::new(),
        volumes: Vec::new(),
        constraints: Vec::new(),
        tasks: Vec::new(),
        resources: Resources::default(),
        span: Span::default(),
    }
}

impl Service {
    /// Adds a route that only the lab's networks reach.
    pub(super) fn routed(mut self, host: &str, path: &str) -> Self {
        self.routes.push(Route {
            host: at_nowhere(host),
            path: at_nowhere(path),
            upstream: self.name.value.clone(),
            public: false,
            auth: None,
            span: Span::default(),
        });
        self
    }

    /// Opens its routes to the internet.
    pub(super) fn public(mut self) -> Self {
        self.routes.iter_mut().for_each(|route| route.public = true);
        self
    }

    /// Tells metrics on its main port.
    pub(super) fn measured(mut self, path: &str) -> Self {
        let metrics = Metrics { upstream: self.name.value.clone(), path: path.to_owned(), span: Span::default() };
        self.metrics = Some(metrics);
        self
    }

    /// Has to find another service.
    pub(super) fn finds(mut self, service: &str) -> Self {
        let (tag, port) = (Tag::Address, "http".to_owned());
        let variable = at_nowhere("PEER");
        self.references.push(Reference {
            variable,
            tag,
            scheme: String::new(),
            service: service.to_owned(),
            port,
            span: Span::default(),
        });
        self
    }

    /// Keeps data in a host volume.
    pub(super) fn keeps(mut self, volume: &str) -> Self {
        let (label, source) = (at_nowhere(volume), at_nowhere(volume));
        let volume = Volume { label, kind: "host".to_owned(), source, read_only: false };
        self.groups[0].volumes.push(volume);
        self
    }
}

/// The analysis of a lab in which groups with volumes can run on servers only.
pub(super) fn analysis(lab: &Lab) -> Analysis<'_> {
    let groups = lab.services.iter().flat_map(|service| service.groups.iter().map(move |group| (service, group)));
    let can = |group: &Group, node: &Node| group.volumes.is_empty() || node.server;
    let groups = groups.map(|(service, group)| {
        let nodes = (0..lab.nodes.len()).filter(|at| can(group, &lab.nodes[*at]));
        GroupFacts::new(service, group, &service.job, nodes.collect())
    });
    let nodes = lab.nodes.iter().map(|node| NodeFacts {
        node,
        groups: Vec::new(),
        docker_volumes: false,
        docker_privileged: false,
        docker_capabilities: Vec::new(),
        kill_timeout: 0,
        ports: Vec::new(),
    });
    Analysis::new(lab, groups.collect(), nodes.collect())
}
