//! The configuration of a node's Consul agent.

use super::draft::Draft;
use super::ports;
use crate::analyze::Analysis;
use crate::model::Node;
use crate::nomad::form::Body;
use crate::nomad::tables;

/// The whole configuration: what follows from the lab, and the node's own `consul` merged over it.
///
/// Both addresses are explicit, since an agent that finds several private ones (Docker's bridge is one) refuses to start. The
/// APIs listen on the loopback address alone: whoever reaches them can rewrite discovery, and nothing off the machine asks
/// them: Nomad renders what services need into their environment, the lab's names are asked from dnsmasq, and the user
/// interface is a `ssh -L 8500:127.0.0.1:8500` away.
pub(super) fn agent(analysis: &Analysis<'_>, node: &Node) -> Body {
    let lab = analysis.lab;
    let address = node.address.value.to_string();
    let mut body = Body::default();
    let mut draft = Draft::new(&mut body, node.span);
    draft.str("node_name", node.name.as_str());
    // Consul takes lower case only; Nomad tells the difference.
    draft.str("datacenter", lab.datacenter.to_lowercase());
    draft.str("data_dir", "/opt/consul");
    draft.str("bind_addr", address.as_str());
    draft.str("advertise_addr", address.as_str());
    draft.str("client_addr", "127.0.0.1");
    draft.bool("server", node.server);
    if node.server {
        draft.int("bootstrap_expect", lab.servers().count() as u64);
    }
    let others = lab.servers().filter(|server| server.name.value != node.name.value);
    let others: Vec<String> = others.map(|server| server.address.value.to_string()).collect();
    if !others.is_empty() {
        draft.strings("retry_join", others);
    }
    // A client that is shut down is gone at once for whoever looks for its services; a server stays a member, since one that
    // left would have to be bootstrapped again.
    draft.bool("leave_on_terminate", !node.server);
    draft.bool("disable_update_check", true);
    draft.block("ports", |block| {
        block.int("dns", u64::from(ports::CONSUL_DNS));
        if node.server {
            // One datacenter: nothing gossips with servers elsewhere.
            block.off("serf_wan");
        }
    });
    if node.server {
        draft.block("ui_config", |ui| ui.bool("enabled", true));
    }
    if lab.acl {
        draft.block("acl", |acl| {
            acl.bool("enabled", true);
            acl.str("default_policy", "deny");
            // A token that is set by hand survives a restart, and no file of the bundle has to hold it.
            acl.bool("enable_token_persistence", true);
        });
    }
    draft.block("telemetry", |telemetry| {
        telemetry.str("prometheus_retention_time", "60s");
        telemetry.bool("disable_hostname", true);
    });
    body.merge(node.consul.clone(), tables::language("consul-agent").map(|language| language.root));
    body
}
