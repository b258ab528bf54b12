//! The agents' languages: every name goes through a node's manifest, and the agents' own validation reads the result.

use crate::filler::Filler;
use crate::lab::{build, folder, run};
use hlmc_core::nomad::tables::language;

/// How many runs give every text that a name may be.
const CHOICES: usize = 6;

/// What can't be anything to Nomad.
pub(crate) const NOMAD: &[(&str, &[&str])] = &[
    ("nomad.datacenter", &["home"]),
    ("nomad.region", &["global"]),
    ("nomad.data_dir", &["/x"]),
    ("nomad.plugin_dir", &["/x"]),
    ("client.state_dir", &["/x"]),
    ("client.alloc_dir", &["/x"]),
    ("client.alloc_mounts_dir", &["/x"]),
    ("client.host_volumes_dir", &["/x"]),
    ("client.host_volume_plugin_dir", &["/x"]),
    ("client.min_dynamic_port", &["20000"]),
    ("client.max_dynamic_port", &["32000"]),
    ("client.client_min_port", &["14000"]),
    ("client.client_max_port", &["14512"]),
    ("server.bootstrap_expect", &["1"]),
    ("reserved.reserved_ports", &["22"]),
    ("host_network.reserved_ports", &["22"]),
    ("client.preferred_address_family", &["ipv4"]),
    ("artifact.filesystem_isolation_extra_paths", &["f:r:/x"]),
    ("keyring.provider", &["aead"]),
    ("server.oidc_issuer", &["https://x"]),
    ("nomad.server.enabled", &["true"]),
    ("nomad.client.enabled", &["true"]),
    ("server.encrypt", &["cg8StVXbQJ0gPvMd9o7yrg=="]),
];

/// What can't be anything to Consul.
pub(crate) const CONSUL: &[(&str, &[&str])] = &[
    ("consul.datacenter", &["home"]),
    ("ports.proxy_min_port", &["20000"]),
    ("ports.proxy_max_port", &["20255"]),
    ("ports.sidecar_min_port", &["21000"]),
    ("ports.sidecar_max_port", &["21255"]),
    ("ports.expose_min_port", &["21500"]),
    ("consul.bind_addr", &["192.168.1.10"]),
    ("performance.raft_multiplier", &["5"]),
    ("consul.bootstrap_expect", &["1"]),
    ("connect.virtual_ip_cidr_v4", &["240.0.0.0/4"]),
    ("connect.virtual_ip_cidr_v6", &["2000::/3"]),
    ("ui_config.content_path", &["/ui/"]),
    ("metrics_proxy.base_url", &["http://x"]),
    ("metrics_proxy.path_allowlist", &["/x"]),
    ("dashboard_url_templates.*", &["http://x"]),
    ("raft_logstore.wal.segment_size_mb", &["64"]),
    ("consul.encrypt", &["cg8StVXbQJ0gPvMd9o7yrg=="]),
    ("ui_config.metrics_provider_options_json", &["{}"]),
    ("consul.raft_protocol", &["3"]),
    ("consul.serf_lan_allowed_cidrs", &["10.0.0.0/8"]),
    ("consul.serf_wan_allowed_cidrs", &["10.0.0.0/8"]),
    ("consul.serf_lan", &["10.0.0.1"]),
    ("consul.serf_wan", &["10.0.0.1"]),
    ("consul.advertise_addr", &["10.0.0.1"]),
    ("consul.advertise_addr_ipv4", &["10.0.0.1"]),
    ("consul.advertise_addr_ipv6", &["::1"]),
    ("consul.advertise_addr_wan_ipv6", &["::1"]),
    ("consul.advertise_addr_wan_ipv4", &["10.0.0.1"]),
    ("consul.advertise_addr_wan", &["10.0.0.1"]),
    ("consul.client_addr", &["10.0.0.1"]),
    ("consul.recursors", &["10.0.0.1"]),
    ("addresses.dns", &["10.0.0.1"]),
    ("addresses.http", &["10.0.0.1"]),
    ("addresses.https", &["10.0.0.1"]),
    ("addresses.grpc", &["10.0.0.1"]),
    ("addresses.grpc_tls", &["10.0.0.1"]),
    ("consul.data_dir", &["/tmp"]),
    ("consul.alt_domain", &["alt"]),
    ("cache.entry_fetch_max_burst", &["5"]),
    ("http_config.allow_write_http_from", &["10.0.0.0/8"]),
    ("consul.server_rejoin_age_max", &["86400"]),
    ("defaults.tls_cipher_suites", &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    ("internal_rpc.tls_cipher_suites", &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    ("https.tls_cipher_suites", &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    ("grpc.tls_cipher_suites", &["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]),
    ("upstreams.local_bind_socket_mode", &["0600"]),
    ("ports.expose_max_port", &["21755"]),
];

/// Names that Consul knows and doesn't take beside the others, or only in its Enterprise edition.
const NOT_TOGETHER: &[&str] = &[
    "auto_encrypt.allow_tls",
    "auto_encrypt.tls",
    "check.alias_node",
    "check.alias_service",
    "check.failures_before_warning",
    "check.ttl",
    "checks.alias_node",
    "checks.alias_service",
    "checks.failures_before_warning",
    "checks.ttl",
    "config_entries.bootstrap",
    "connect.enable_mesh_gateway_wan_federation",
    "connect.native",
    "consul.advertise_reconnect_timeout",
    "consul.auto_config",
    "consul.bootstrap",
    "consul.primary_gateways",
    "consul.retry_join_wan",
    "consul.segment",
    "consul.segments",
    "consul.start_join_wan",
    "consul.ui_dir",
    "service.ports",
    "service.socket_path",
    "services.ports",
    "services.socket_path",
    "sidecar_service.id",
    "sidecar_service.ports",
    "sidecar_service.socket_path",
    "ui_config.dir",
    "upstreams.destination_partition",
    "upstreams.destination_peer",
    "upstreams.local_bind_socket_mode",
    "upstreams.local_bind_socket_path",
];

/// What a program is told about an agent.
struct Agent {
    program: &'static str,
    arguments: &'static [&'static str],
    fixed: &'static [(&'static str, &'static [&'static str])],
}

const NOMADS: Agent = Agent { program: "nomad", arguments: &["config", "validate"], fixed: NOMAD };
const CONSULS: Agent = Agent { program: "consul", arguments: &["validate"], fixed: CONSUL };

impl Agent {
    /// Has the program read the configuration of an agent in which the names of its language stand, with something behind
    /// it. What it says when it refuses that; empty when it doesn't.
    fn refusal(&self, choice: usize, without: &'static [&'static str], behind: &str) -> String {
        let program = self.program;
        let folder = folder(program);
        let root = language(&format!("{program}-agent")).unwrap().root;
        let mut filler = Filler::new(choice.is_multiple_of(2), choice, self.fixed, without);
        filler.no_newer = true;
        filler.whole(root, program);
        let bundle = build(&filler.text, "");
        let path = format!("nodes/one/etc/{program}.d/{program}.hcl");
        let (_, hcl) = bundle.iter().find(|(other, _)| *other == path).unwrap();
        std::fs::write(folder.join(format!("{program}.hcl")), format!("{hcl}{behind}")).unwrap();
        let output = run(program, &[self.arguments, &[folder.to_str().unwrap()]].concat());
        if output.status.success() {
            return String::new();
        }
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn every_name_of_nomads_agent_is_one_to_nomad() {
    for choice in 0..CHOICES {
        assert_eq!(NOMADS.refusal(choice, &[], ""), "", "choice {choice}");
    }
    let unknown = NOMADS.refusal(0, &[], "nonsense = 1\n");
    assert!(unknown.contains("unexpected keys nonsense"), "{unknown}");
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn every_name_of_consuls_agent_is_one_to_consul() {
    assert_eq!(CONSULS.refusal(0, NOT_TOGETHER, ""), "");
    // All together they are refused, but only once all of them are read.
    for choice in 0..CHOICES {
        let refusal = CONSULS.refusal(choice, &[], "");
        assert!(!refusal.is_empty() && !refusal.contains("failed to parse"), "choice {choice}: {refusal}");
    }
    let unknown = CONSULS.refusal(0, &[], "nonsense = 1\n");
    assert!(unknown.contains("failed to parse") && unknown.contains("invalid config key nonsense"), "{unknown}");
}
