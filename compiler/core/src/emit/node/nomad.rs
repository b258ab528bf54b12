//! The configuration of a node's Nomad agent.

use super::draft::Draft;
use super::ports;
use crate::analyze::{Analysis, DEFAULT_CAPABILITIES, NodeFacts};
use crate::emit::vault::{AUDIENCE, MOUNT};
use crate::model::{Discovery, Lab, Node};
use crate::nomad::form::Body;
use crate::nomad::tables;

/// The whole configuration: what follows from the lab, and the node's own `nomad` merged over it.
pub(super) fn agent(analysis: &Analysis<'_>, facts: &NodeFacts<'_>) -> Body {
    let (lab, node) = (analysis.lab, facts.node);
    let mut body = Body::default();
    let mut draft = Draft::new(&mut body, node.span);
    identity(&mut draft, lab, node);
    if node.server {
        draft.block("server", |server| server_block(server, analysis, node));
    }
    draft.block("client", |client| {
        client.bool("enabled", node.client);
        if node.client {
            client_block(client, lab, facts);
        }
    });
    if node.client {
        plugins(&mut draft, facts);
    }
    if lab.acl {
        draft.block("acl", |acl| acl.bool("enabled", true));
    }
    draft.block("consul", |consul| consul_block(consul, lab, node));
    vault(&mut draft, lab, node);
    draft.block("telemetry", |telemetry| {
        telemetry.bool("prometheus_metrics", true);
        telemetry.bool("publish_allocation_metrics", true);
        telemetry.bool("publish_node_metrics", true);
    });
    draft.block("ui", |ui| ui.bool("enabled", node.server));
    body.merge(node.nomad.clone(), tables::language("nomad-agent").map(|language| language.root));
    body
}

/// Who the agent is and where it listens. It listens on the loopback address too, for the command line and the health checks
/// of the machine itself. It never leaves the cluster on a stop: a server that left would have to be bootstrapped again,
/// and a client that left would lose its running tasks to other nodes on each update of the agent.
fn identity(draft: &mut Draft<'_>, lab: &Lab, node: &Node) {
    let address = node.address.value.to_string();
    draft.str("name", node.name.as_str());
    draft.str("region", lab.region.as_str());
    draft.str("datacenter", lab.datacenter.as_str());
    draft.str("data_dir", "/opt/nomad/data");
    draft.str("bind_addr", address.as_str());
    draft.bool("leave_on_interrupt", false);
    draft.bool("leave_on_terminate", false);
    draft.bool("disable_update_check", true);
    draft.block("addresses", |addresses| addresses.str("http", format!("{address} 127.0.0.1")));
    draft.block("advertise", |advertise| {
        for name in ["http", "rpc", "serf"] {
            advertise.str(name, address.as_str());
        }
    });
}

fn server_block(server: &mut Draft<'_>, analysis: &Analysis<'_>, node: &Node) {
    let lab = analysis.lab;
    server.bool("enabled", true);
    server.int("bootstrap_expect", lab.servers().count() as u64);
    let grows = |group: &crate::model::Group| group.resources.memory_max > group.resources.memory;
    if analysis.groups.iter().any(|facts| grows(facts.group)) {
        server.block("default_scheduler_config", |config| config.bool("memory_oversubscription_enabled", true));
    }
    let others: Vec<String> = addresses(lab.servers().filter(|server| server.name.value != node.name.value));
    if !others.is_empty() {
        server.block("server_join", |join| join.strings("retry_join", others));
    }
}

fn addresses<'l>(nodes: impl Iterator<Item = &'l Node>) -> Vec<String> {
    nodes.map(|node| node.address.value.to_string()).collect()
}

fn client_block(client: &mut Draft<'_>, lab: &Lab, facts: &NodeFacts<'_>) {
    let node = facts.node;
    if !node.class.is_empty() {
        client.str("node_class", node.class.as_str());
    }
    client.str("node_pool", node.pool.as_str());
    client.str("network_interface", node.interface.clone().unwrap_or_else(|| interface_with(node)));
    client.block("server_join", |join| join.strings("retry_join", addresses(lab.servers())));
    if !node.meta.is_empty() {
        client.block("meta", |meta| {
            node.meta.iter().for_each(|(key, value)| meta.str(key.value.clone(), value.as_str()))
        });
    }
    // A task that asks for longer than this, 30 seconds unless told, is killed in the midst of stopping without a word.
    if facts.kill_timeout > 30 {
        client.str("max_kill_timeout", format!("{}s", facts.kill_timeout));
    }
    client.block("options", |options| {
        let drivers: Vec<&str> = node.drivers.iter().map(|driver| driver.as_str()).collect();
        options.str("driver.allowlist", drivers.join(","));
        // Asking each cloud's metadata service takes seconds at every start, and none of them is here.
        options.str("fingerprint.denylist", "env_aws,env_azure,env_digitalocean,env_gce");
    });
    host_networks(client, lab, node);
    for volume in &node.host_volumes {
        client.labelled("host_volume", &volume.name, |block| {
            block.str("path", volume.path.as_str());
            block.bool("read_only", volume.read_only);
        });
    }
    client.block("reserved", |reserved| {
        reserved.int("cpu", node.reserved.cpu);
        reserved.int("memory", megabytes(node.reserved.memory));
        reserved.int("disk", megabytes(node.reserved.disk));
        reserved.str("reserved_ports", ports::reserved(lab, node));
    });
}

/// The interface that has the node's address, in the words of Nomad's own templates (which match `192.168.1.119/24`). Left alone, Nomad takes the one of the
/// default route, which on a machine with several may be another, and services would be found at an address nobody knows.
fn interface_with(node: &Node) -> String {
    let pattern = node.address.value.to_string().replace('.', "[.]");
    format!("{{{{ GetAllInterfaces | include \"address\" \"^{pattern}(/|$)\" | attr \"name\" }}}}")
}

const fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1024 * 1024)
}

/// The networks that fixed ports are taken on, each pinned to the node's one address.
///
/// Without it Nomad walks all addresses of the interface and silently gives a second claimant of a port the next free one,
/// such as the IPv6 address (nomad/structs/network.go, AssignPorts): both services run, and one of them answers nobody.
fn host_networks(client: &mut Draft<'_>, lab: &Lab, node: &Node) {
    for name in lab.networks_of(node) {
        client.labelled("host_network", name, |network| network.str("cidr", format!("{}/32", node.address.value)));
    }
}

/// The plugin blocks of the drivers that the node offers. Docker's follows from what can run here: what nothing asks for stays
/// forbidden.
fn plugins(draft: &mut Draft<'_>, facts: &NodeFacts<'_>) {
    for driver in &facts.node.drivers {
        match driver.as_str() {
            "docker" => {
                draft.labelled("plugin", "docker", |plugin| plugin.block("config", |config| docker(config, facts)))
            }
            "raw_exec" => {
                draft.labelled("plugin", "raw_exec", |plugin| {
                    plugin.block("config", |config| config.bool("enabled", true));
                });
            }
            // The other drivers of Nomad itself are there once their program is.
            "exec" | "java" | "qemu" => {}
            // An external driver only runs when it is named.
            external => draft.labelled("plugin", external, |_| {}),
        }
    }
}

fn docker(config: &mut Draft<'_>, facts: &NodeFacts<'_>) {
    config.bool("allow_privileged", facts.docker_privileged);
    if !facts.docker_capabilities.is_empty() {
        let added = facts.docker_capabilities.iter().map(String::as_str);
        // The list replaces Docker's own, so that is repeated.
        let mut all: Vec<&str> = DEFAULT_CAPABILITIES.into_iter().chain(added).collect();
        all.sort_unstable();
        all.dedup();
        config.strings("allow_caps", all);
    }
    config.block("volumes", |volumes| volumes.bool("enabled", facts.docker_volumes));
}

/// Nomad talks to the Consul agent of its own node, never to one behind a name. Without Consul, nothing is looked for: there is
/// no switch for the whole block, so each of its habits is turned off.
///
/// Identities are for a Consul with access control. Without it, Consul refuses to take them for a token, and no allocation that
/// asks for one would ever start.
fn consul_block(consul: &mut Draft<'_>, lab: &Lab, node: &Node) {
    if lab.discovery == Discovery::Consul {
        consul.str("address", "127.0.0.1:8500");
        for name in ["service_identity", "task_identity"].into_iter().filter(|_| lab.acl && node.server) {
            consul.block(name, |identity| identity_block(identity, "consul.io"));
        }
        return;
    }
    for habit in ["auto_advertise", "client_auto_join", "server_auto_join"] {
        consul.bool(habit, false);
    }
}

/// Vault, where the lab has such a store of secrets. Servers sign the identities that tasks show it, clients show them; there is
/// no token anywhere.
fn vault(draft: &mut Draft<'_>, lab: &Lab, node: &Node) {
    let Some(store) = lab.store("vault") else { return };
    draft.block("vault", |vault| {
        vault.bool("enabled", true);
        if node.client {
            if let Some(address) = &store.address {
                vault.str("address", address.as_str());
            }
            vault.str("jwt_auth_backend_path", MOUNT);
        }
        if node.server {
            vault.block("default_identity", |identity| identity_block(identity, AUDIENCE));
        }
    });
}

fn identity_block(identity: &mut Draft<'_>, audience: &str) {
    identity.strings("aud", [audience]);
    identity.str("ttl", "1h");
}
