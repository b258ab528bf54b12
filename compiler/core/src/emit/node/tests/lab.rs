//! The lab of the tests: a NAS that is the server, two Raspberry Pis, a reverse proxy, a database on the NAS, an exporter
//! everywhere.

use crate::analyze::{Analysis, GroupFacts, NodeFacts};
use crate::bundle::Artifact;
use crate::model::{
    Arch, Capacity, Daemon, Dhcp, Discovery, Dnsmasq, Group, HostVolume, Lab, Network, Node, NodeMount, Port, Protocol,
    Provider, Reserved, Resources, Role, Route, Samba, Service, Share, Ssh,
};
use crate::nomad::form::{Block, Body};
use crate::source::{Span, Spanned};

/// A value without a place.
pub(super) fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

fn text(text: &str) -> Spanned<String> {
    at(text.to_owned())
}

/// The whole lab.
pub(super) fn lab() -> Lab {
    let mut nas = node("nas", 119, Arch::Amd64, "nas");
    nas.server = true;
    nas.reserved = Reserved { cpu: 1000, memory: 4 << 30, disk: 20 << 30, ports: Some(text("9000, 8080-8081")) };
    nas.mounts = vec![
        mount("/bulk1", "UUID=b7a1c4d2", "ext4", "noatime,nofail"),
        mount("/fast", "LABEL=my disk", "ext4", "noatime"),
    ];
    nas.host_volumes = vec![volume("library", "/bulk1/photos", None), volume("db", "/fast/db", Some((999, 999)))];
    nas.daemons = vec![Daemon::Dnsmasq(dnsmasq()), Daemon::Samba(samba())];
    let mut pi = node("pi5-1", 121, Arch::Arm64, "pi");
    pi.host_volumes = vec![volume("filebeat", "/var/lib/filebeat", None)];
    let mut proxy = service("caddy", Some((443, Protocol::Both)));
    proxy.groups[0].ports.push(port("http", 80, Protocol::Tcp));
    let mut grafana = service("grafana", None);
    grafana.routes = vec![route("grafana.home.example.com", false)];
    Lab {
        name: text("home"),
        domain: text("home.example.com"),
        datacenter: "home".to_owned(),
        region: "global".to_owned(),
        acl: false,
        discovery: Discovery::Consul,
        networks: vec![Network { name: text("lan"), cidr: text("192.168.1.0/24") }],
        namespaces: Vec::new(),
        stores: Vec::new(),
        providers: vec![provider()],
        more_nodes: false,
        more_services: false,
        more_secrets: false,
        nodes: vec![nas, pi, node("pi5-2", 122, Arch::Arm64, "pi")],
        services: vec![proxy, grafana, service("node-exporter", Some((9100, Protocol::Tcp)))],
        lock: None,
        locked: false,
        allowed: Vec::new(),
    }
}

fn provider() -> Provider {
    Provider {
        role: Role::ReverseProxy,
        name: text("caddy"),
        options: Body::default(),
        service: Some("caddy".to_owned()),
        span: Span::default(),
    }
}

/// A client.
pub(super) fn node(name: &str, last_byte: u8, arch: Arch, class: &str) -> Node {
    Node {
        name: text(name),
        address: at([192, 168, 1, last_byte].into()),
        interface: None,
        arch: at(arch),
        os: "debian".to_owned(),
        class: text(class),
        pool: text("default"),
        server: false,
        client: true,
        drivers: vec![text("docker")],
        ssh: Ssh::default(),
        capacity: Capacity::default(),
        reserved: Reserved { cpu: 200, memory: 512 << 20, disk: 5 << 30, ports: None },
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

fn mount(path: &str, source: &str, kind: &str, options: &str) -> NodeMount {
    NodeMount { path: text(path), source: text(source), kind: text(kind), options: text(options) }
}

fn volume(name: &str, path: &str, owner: Option<(u32, u32)>) -> HostVolume {
    HostVolume { name: text(name), path: text(path), owner, read_only: false }
}

fn dnsmasq() -> Dnsmasq {
    Dnsmasq {
        upstream: vec![text("9.9.9.9"), text("1.1.1.1")],
        dhcp: Some(Dhcp {
            from: Spanned::new([192, 168, 1, 150].into(), Span::default()),
            until: Spanned::new([192, 168, 1, 250].into(), Span::default()),
            router: Spanned::new([192, 168, 1, 1].into(), Span::default()),
            lease: "12h".to_owned(),
        }),
        hosts: vec![(text("printer"), [192, 168, 1, 20].into())],
        span: Span::default(),
    }
}

fn samba() -> Samba {
    let share = Share {
        name: text("photos"),
        path: text("/bulk1/photos"),
        comment: Some("Immich's library".to_owned()),
        users: vec!["anna".to_owned(), "tom".to_owned()],
        read_only: true,
        guest: false,
    };
    let open = Share {
        name: text("media"),
        path: text("/srv/media"),
        comment: None,
        users: Vec::new(),
        read_only: false,
        guest: true,
    };
    Samba { workgroup: "WORKGROUP".to_owned(), shares: vec![share, open], span: Span::default() }
}

/// A service with one group, which can run everywhere, with one fixed port.
pub(super) fn service(name: &str, fixed: Option<(u16, Protocol)>) -> Service {
    let group = Group {
        name: text(name),
        count: at(1),
        network_mode: None,
        ports: fixed.into_iter().map(|(number, protocol)| port("main", number, protocol)).collect(),
        volumes: Vec::new(),
        constraints: Vec::new(),
        tasks: Vec::new(),
        resources: Resources::default(),
        span: Span::default(),
    };
    Service {
        name: text(name),
        description: String::new(),
        namespace: text("default"),
        kind: "service".to_owned(),
        job: Block::labelled("job", text(name), Span::default()),
        groups: vec![group],
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

/// A fixed port.
pub(super) fn port(label: &str, number: u16, protocol: Protocol) -> Port {
    Port { label: text(label), fixed: Some(at(number)), to: None, network: None, shared: false, protocol, task: None }
}

/// A route.
pub(super) fn route(host: &str, public: bool) -> Route {
    Route {
        host: text(host),
        path: text("/"),
        upstream: "grafana".to_owned(),
        public,
        auth: None,
        span: Span::default(),
    }
}

/// Its analysis: the proxy can run on servers only, everything else everywhere.
pub(super) fn analysis(lab: &Lab) -> Analysis<'_> {
    let groups: Vec<GroupFacts<'_>> = lab
        .services
        .iter()
        .flat_map(|service| service.groups.iter().map(move |group| (service, group)))
        .map(|(service, group)| {
            let can = |at: &usize| service.name.value != "caddy" || lab.nodes[*at].server;
            GroupFacts::new(service, group, &service.job, (0..lab.nodes.len()).filter(can).collect())
        })
        .collect();
    let nodes = lab.nodes.iter().enumerate().map(|(at, node)| {
        let here = groups.iter().enumerate().filter(|(_, facts)| facts.nodes.contains(&at));
        NodeFacts {
            node,
            groups: here.clone().map(|(group, _)| group).collect(),
            docker_volumes: node.server,
            docker_privileged: false,
            docker_capabilities: if node.server { vec!["net_raw".to_owned()] } else { Vec::new() },
            kill_timeout: if node.server { 60 } else { 5 },
            ports: here
                .flat_map(|(group, facts)| facts.group.ports.iter().map(move |port| (group, port)))
                .filter(|(_, port)| port.fixed.is_some())
                .collect(),
        }
    });
    let nodes = nodes.collect();
    Analysis::new(lab, groups, nodes)
}

/// The text of one file of the bundle; empty where there is no such file.
pub(super) fn file(lab: &Lab, path: &str) -> String {
    let artifacts: Vec<Artifact> = super::super::artifacts(&analysis(lab), &|_| false);
    let found = artifacts.into_iter().find(|artifact| artifact.path == path);
    found.map(|artifact| String::from_utf8(artifact.bytes).unwrap()).unwrap_or_default()
}
