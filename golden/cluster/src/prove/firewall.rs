//! The nodes' firewalls let the declared ports through and nothing else.

use std::collections::BTreeSet;
use std::process::Command;

use hlmc_core::model::{Node, Service};

use super::{Verdict, ensure};
use crate::cluster::Cluster;
use crate::image::own_program;
use crate::lan::STRANGER;
use crate::program::succeed;

/// What members ask each other's agents at, beside what everybody on the network may: the port, its protocol, and whether only
/// servers have it. Nomad's HTTP, RPC and gossip, then Consul's RPC and gossip.
const AGENTS: [(u16, &str, bool); 7] = [
    (4646, "tcp", false),
    (4647, "tcp", true),
    (4648, "tcp", true),
    (4648, "udp", true),
    (8300, "tcp", true),
    (8301, "tcp", false),
    (8301, "udp", false),
];

/// What Nomad picks ports of services from.
const DYNAMIC: (u16, u16) = (20000, 32000);

/// Ports that are tried besides those that somebody names: well-known ones, those of agents that nobody but the machine itself
/// is to reach, what the stand-ins listen on in their containers.
const OTHERS: [u16; 22] = [
    21, 25, 111, 2049, 2375, 2376, 3000, 3306, 5000, 5066, 5432, 6379, 8080, 8302, 8443, 8500, 8501, 8502, 8503, 8600,
    9200, 60000,
];

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asker {
    /// Another node.
    Member,
    /// A machine on the network that is no node.
    Guest,
    /// A container on the node itself.
    Container,
    /// Somebody from outside of the network.
    Stranger,
}

/// What is asked of a node: who asks from which machine, and for which ports.
#[derive(Clone, Copy, Debug)]
struct Question<'c> {
    asker: Asker,
    from: &'c str,
    node: &'c Node,
    protocol: &'static str,
    ports: &'c BTreeSet<u16>,
}

/// Every node is asked, at every port that is declared anywhere, at its neighbours and at others, by each other node, by a
/// guest on the network, by one of its own containers, and by a stranger: what gets through is what the lab declares for such
/// an asker.
pub(super) fn the_firewalls_let_through_what_is_declared(cluster: &Cluster) -> Verdict {
    let route = format!("ip route replace {} dev lan src {STRANGER}", cluster.network());
    cluster.switch.shell(&route)?;
    let mut tried = 0;
    for (node, machine) in cluster.facts.lab.nodes.iter().zip(&cluster.nodes) {
        // The kernel says only so often that nobody listens.
        let limits = "/proc/sys/net/ipv4/icmp_ratelimit";
        machine.shell(&format!("echo 0 > {limits}; echo 1000000 > /proc/sys/net/ipv4/icmp_msgs_per_sec || :"))?;
        for protocol in ["tcp", "udp"] {
            let listening = listening(cluster, node, protocol)?;
            let mut ports = candidates(cluster, &listening);
            if protocol == "udp" {
                ports.retain(|port| !listening.contains(port));
            }
            let askers = askers(cluster, node);
            let questions: Vec<Question<'_>> = askers
                .into_iter()
                .map(|(asker, from)| Question { asker, from, node, protocol, ports: &ports })
                .collect();
            tried += questions.len() * ports.len();
            std::thread::scope(|scope| {
                let asked: Vec<_> =
                    questions.iter().map(|question| scope.spawn(|| answer_is_right(cluster, *question))).collect();
                asked
                    .into_iter()
                    .try_for_each(|asked| asked.join().unwrap_or_else(|_| Err("a thread ended".to_owned())))
            })?;
        }
    }
    crate::say(&format!("    {tried} probes"));
    Ok(())
}

/// Whether packets get through to exactly the ports that the lab declares for the asker.
fn answer_is_right(cluster: &Cluster, question: Question<'_>) -> Verdict {
    let Question { asker, from, node, protocol, ports } = question;
    let found = probe(cluster, question)?;
    let wanted: BTreeSet<u16> =
        ports.iter().copied().filter(|port| is_declared(cluster, node, asker, protocol, *port)).collect();
    ensure(found == wanted, || {
        let more: Vec<_> = found.difference(&wanted).collect();
        let less: Vec<_> = wanted.difference(&found).collect();
        let way = format!("{protocol} to `{}` from {asker:?} `{from}`", node.name.value);
        format!("{way}: through but not declared: {more:?}; declared but not through: {less:?}")
    })
}

/// Who asks a node, and the machine it asks from.
fn askers<'c>(cluster: &'c Cluster, node: &Node) -> Vec<(Asker, &'c str)> {
    let others = cluster.nodes.iter().filter(|other| other.name != node.name.value);
    let mut askers: Vec<_> = others.map(|other| (Asker::Member, other.name.as_str())).collect();
    askers.push((Asker::Guest, &*cluster.console.name));
    askers.extend(
        cluster.nodes.iter().filter(|own| own.name == node.name.value).map(|own| (Asker::Container, &*own.name)),
    );
    askers.push((Asker::Stranger, &*cluster.switch.name));
    askers
}

/// The ports of a node that a probe gets through to.
fn probe(cluster: &Cluster, question: Question<'_>) -> Result<BTreeSet<u16>, String> {
    let Question { asker, from, node, protocol, ports } = question;
    let list = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(" ");
    let words = format!("{protocol} {} {list}", node.address.value);
    let answer = if asker == Asker::Container {
        let running = cluster.running()?;
        let fixed =
            |service: &Service| service.groups.iter().flat_map(|group| &group.ports).any(|port| port.fixed.is_some());
        let bridged = |job: &str| cluster.facts.lab.service(job).is_some_and(|service| !fixed(service));
        let instance =
            running.iter().find(|it| it.node == from && bridged(&it.job)).ok_or("no container to ask from")?;
        cluster.in_task(instance, &format!("probe {words}"))?
    } else {
        let machine = cluster.machines().find(|machine| machine.name == from).ok_or("no such machine")?;
        let mut command = Command::new("nsenter");
        command.args(["--target", &machine.pid()?.to_string(), "--net", "--"]).arg(own_program("probe")?);
        succeed(command.args(words.split(' ')))?
    };
    Ok(answer.lines().filter_map(|line| line.parse().ok()).collect())
}

/// Whether the lab declares a port of a node for an asker.
fn is_declared(cluster: &Cluster, node: &Node, asker: Asker, protocol: &str, port: u16) -> bool {
    let dynamic = (DYNAMIC.0..=DYNAMIC.1).contains(&port);
    let fixed = fixed_ports(cluster, node).contains(&(port, protocol));
    let daemon =
        node.daemons.iter().flat_map(hlmc_core::model::Daemon::ports).any(|declared| declared == (port, protocol));
    let names = daemon && port == 53;
    // Who asks for an address asks from port 68, which nobody does here.
    let lan = (fixed || daemon && port != 67) || (protocol == "tcp" && port == node.ssh_port());
    let agents = AGENTS.iter().any(|agent| (agent.0, agent.1) == (port, protocol) && (node.server || !agent.2));
    match asker {
        Asker::Member => lan || agents || dynamic,
        Asker::Guest => lan,
        Asker::Container => fixed || names || dynamic,
        Asker::Stranger => false,
    }
}

/// The ports that services keep on a node, wherever they may run.
fn fixed_ports(cluster: &Cluster, node: &Node) -> BTreeSet<(u16, &'static str)> {
    let mut fixed = BTreeSet::new();
    for facts in cluster.facts.groups.iter().filter(|group| group.nodes.contains(&node.name.value)) {
        let service = cluster.facts.lab.service(&facts.service);
        let groups = service.iter().flat_map(|service| &service.groups).filter(|group| group.name.value == facts.name);
        for port in groups.flat_map(|group| &group.ports) {
            let names = port.protocol.names().iter();
            fixed.extend(port.fixed.iter().flat_map(|number| names.clone().map(|name| (number.value, *name))));
        }
    }
    fixed
}

/// Every port that somebody names, or listens on here, with its neighbours, and others.
fn candidates(cluster: &Cluster, listening: &BTreeSet<u16>) -> BTreeSet<u16> {
    let mut named: BTreeSet<u16> = listening.clone();
    named.extend(AGENTS.iter().map(|agent| agent.0).chain([DYNAMIC.0, DYNAMIC.1, 25000]));
    for node in &cluster.facts.lab.nodes {
        named.extend(fixed_ports(cluster, node).iter().map(|(port, _)| *port));
        named.extend(node.daemons.iter().flat_map(hlmc_core::model::Daemon::ports).map(|(port, _)| port));
        named.insert(node.ssh_port());
    }
    let neighbours: Vec<u16> = named.iter().flat_map(|port| [port - 1, port.saturating_add(1)]).collect();
    named.extend(neighbours);
    named.extend(OTHERS);
    named
}

/// The ports that something on a node listens on, in its own network or through a published port.
fn listening(cluster: &Cluster, node: &Node, protocol: &str) -> Result<BTreeSet<u16>, String> {
    let machine = cluster.node(&node.name.value)?;
    let listed = machine.shell(&format!("ss -Hln --{protocol} | awk '{{ print $4 }}'"))?;
    Ok(listed.lines().filter_map(|line| line.rsplit_once(':')?.1.parse().ok()).collect())
}
