//! What a service of a Compose file becomes, before it is written.

use crate::import::kdl::Node;
use crate::source::{Span, Spanned};

/// A service, as far as its own lines tell.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    /// What it is called in the lab.
    pub(super) name: String,
    /// What the file calls it.
    pub(super) written: Spanned<String>,
    /// What else others may call it by.
    pub(super) aliases: Vec<String>,
    pub(super) image: Option<Spanned<String>>,
    pub(super) arch: Option<&'static str>,
    /// Program and arguments in place of the image's own.
    pub(super) command: Vec<Spanned<String>>,
    pub(super) user: Option<String>,
    pub(super) privileged: bool,
    pub(super) network: Option<&'static str>,
    /// The service whose network it is in.
    pub(super) joins: Option<Spanned<String>>,
    /// The same by its place among the services.
    pub(super) host: Option<usize>,
    pub(super) ports: Vec<Port>,
    /// MHz.
    pub(super) cpu: Option<i64>,
    /// Bytes that it is placed by, and that it may take.
    pub(super) memory: Option<i64>,
    pub(super) memory_max: Option<i64>,
    /// `volume`, `mount`, `file` and `template` nodes.
    pub(super) storage: Vec<Node>,
    pub(super) env: Vec<Variable>,
    pub(super) checks: Vec<Check>,
    pub(super) routes: Vec<Route>,
    /// `device` nodes.
    pub(super) devices: Vec<Node>,
    /// What it waits for, as the file calls it.
    pub(super) after: Vec<Spanned<String>>,
    /// What is said about the whole job: `type`, `count`, `on`, `prefer`.
    pub(super) job: Vec<Node>,
    /// `kill-timeout`, `kill-signal`.
    pub(super) kill: Vec<Node>,
    /// What Docker is told.
    pub(super) config: Vec<Node>,
    /// Further blocks of the job and of its group, in Nomad's words.
    pub(super) nomad: Vec<Node>,
    pub(super) group: Vec<Node>,
    /// Files beside the manifest.
    pub(super) files: Vec<(String, String)>,
    /// Secrets that are mounted as files.
    pub(super) secret_files: Vec<SecretFile>,
    /// Secrets that its files name: path and key.
    pub(super) held: Vec<(String, String)>,
}

/// A secret that is mounted as a file.
#[derive(Clone, Debug)]
pub(super) struct SecretFile {
    pub(super) target: String,
    pub(super) path: String,
    pub(super) key: String,
    pub(super) mode: Option<String>,
}

/// A port that it listens on.
#[derive(Clone, Debug)]
pub(super) struct Port {
    /// What the file calls it.
    pub(super) name: Option<String>,
    /// Port in the container, and on the node where that is fixed.
    pub(super) to: u16,
    pub(super) published: Option<u16>,
    pub(super) protocol: Protocol,
}

/// What a port speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Protocol {
    Tcp,
    Udp,
    Both,
}

/// A variable of its environment.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: Spanned<String>,
    pub(super) value: Spanned<String>,
    /// The variable of the project that all of the value is from.
    pub(super) from: Option<String>,
    /// The annotation, once it is known that the value is filled in where it runs.
    pub(super) tag: Option<&'static str>,
}

/// A check.
#[derive(Clone, Debug)]
pub(super) struct Check {
    /// As a script in the container.
    pub(super) script: Node,
    /// From outside, where the script does nothing but ask this port of the container.
    pub(super) asked: Option<(Node, u16)>,
    pub(super) span: Span,
}

/// A way in through the reverse proxy.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) host: String,
    pub(super) path: Option<String>,
    pub(super) port: Option<u16>,
    pub(super) span: Span,
}

impl Service {
    /// The index of the port that this one in the container is, added where there is none.
    pub(super) fn port(&mut self, to: u16) -> usize {
        let speaks = |port: &Port| port.to == to && port.protocol != Protocol::Udp;
        self.ports.iter().position(speaks).unwrap_or_else(|| {
            self.ports.push(Port { name: None, to, published: None, protocol: Protocol::Tcp });
            self.ports.len() - 1
        })
    }

    /// The name of a port.
    pub(super) fn label(&self, at: usize) -> String {
        let mut labels: Vec<String> = Vec::new();
        for port in &self.ports[..=at] {
            let plain = port.name.clone().unwrap_or_else(|| known_label(port));
            let taken = |label: &str| labels.iter().any(|known| known == label);
            let numbered = if taken(&plain) { format!("{plain}-{}", port.published.unwrap_or(port.to)) } else { plain };
            let label = if taken(&numbered) { format!("{numbered}-{}", labels.len() + 1) } else { numbered };
            labels.push(label);
        }
        labels.pop().unwrap_or_default()
    }
}

/// What ports of these numbers are usually called.
const LABELS: &[(u16, &str)] = &[
    (21, "ftp"),
    (22, "ssh"),
    (25, "smtp"),
    (53, "dns"),
    (67, "dhcp"),
    (123, "ntp"),
    (143, "imap"),
    (161, "snmp"),
    (389, "ldap"),
    (445, "smb"),
    (465, "smtps"),
    (514, "syslog"),
    (587, "submission"),
    (636, "ldaps"),
    (853, "dns-tls"),
    (993, "imaps"),
    (1433, "mssql"),
    (1883, "mqtt"),
    (1900, "ssdp"),
    (2049, "nfs"),
    (3306, "mysql"),
    (3389, "rdp"),
    (4222, "nats"),
    (5353, "mdns"),
    (5432, "postgres"),
    (5672, "amqp"),
    (6379, "redis"),
    (8883, "mqtts"),
    (9042, "cassandra"),
    (9092, "kafka"),
    (9200, "elastic"),
    (11211, "memcached"),
    (25565, "minecraft"),
    (27017, "mongo"),
    (51820, "wireguard"),
];

/// What ports of this number are usually called.
fn known_label(port: &Port) -> String {
    if let Some((_, name)) = LABELS.iter().find(|(number, _)| *number == port.to) {
        return (*name).to_owned();
    }
    match (port.to, port.protocol) {
        (443 | 8443 | 9443, _) => "https".into(),
        (
            80
            | 81
            | 2283
            | 3000..=3010
            | 4000
            | 5000
            | 5001
            | 7575
            | 8000..=8100
            | 8123
            | 8180..=8191
            | 8686
            | 8787
            | 8888
            | 8989
            | 9000
            | 9090
            | 9091
            | 9696,
            Protocol::Tcp,
        ) => "http".into(),
        (to, Protocol::Udp) => format!("udp-{to}"),
        (to, Protocol::Tcp) => format!("tcp-{to}"),
        (to, Protocol::Both) => format!("port-{to}"),
    }
}

/// The ports that well-known images listen on.
const PORTS: &[(&str, u16)] = &[
    ("postgres", 5432),
    ("postgis", 5432),
    ("pgvector", 5432),
    ("pgvecto-rs", 5432),
    ("timescaledb", 5432),
    ("postgresql", 5432),
    ("mariadb", 3306),
    ("mysql", 3306),
    ("percona", 3306),
    ("redis", 6379),
    ("valkey", 6379),
    ("keydb", 6379),
    ("dragonfly", 6379),
    ("mongo", 27017),
    ("mongodb", 27017),
    ("memcached", 11211),
    ("rabbitmq", 5672),
    ("nats", 4222),
    ("eclipse-mosquitto", 1883),
    ("mosquitto", 1883),
    ("elasticsearch", 9200),
    ("opensearch", 9200),
    ("influxdb", 8086),
    ("minio", 9000),
    ("clickhouse-server", 8123),
    ("meilisearch", 7700),
    ("nginx", 80),
    ("httpd", 80),
    ("caddy", 80),
    ("whoami", 80),
    ("gotenberg", 3000),
    ("tika", 9998),
    ("solr", 8983),
    ("prometheus", 9090),
    ("grafana", 3000),
    ("gitea", 3000),
    ("forgejo", 3000),
];

/// The port that an image listens on, where it is well known.
pub(super) fn image_port(image: &str) -> Option<u16> {
    let name = image.rsplit_once("/").map_or(image, |(_, name)| name);
    let name = name.split([':', '@']).next().unwrap_or(name);
    PORTS.iter().find(|(known, _)| *known == name).map(|(_, port)| *port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_names_of_their_own() {
        let mut service = Service::default();
        for (to, published, protocol) in [
            (80, None, Protocol::Tcp),
            (8080, Some(18080), Protocol::Tcp),
            (53, None, Protocol::Both),
            (51413, None, Protocol::Tcp),
            (51413, None, Protocol::Udp),
        ] {
            service.ports.push(Port { name: None, to, published, protocol });
        }
        let labels: Vec<String> = (0..5).map(|at| service.label(at)).collect();
        assert_eq!(labels, ["http", "http-18080", "dns", "tcp-51413", "udp-51413"]);
    }

    #[test]
    fn ports_of_images() {
        assert_eq!(image_port("postgres:16-alpine"), Some(5432));
        assert_eq!(image_port("registry:5000/valkey/valkey@sha256:00"), Some(6379));
        assert_eq!(image_port("ghcr.io/immich-app/postgres:14"), Some(5432));
        assert_eq!(image_port("example/app"), None);
    }
}
