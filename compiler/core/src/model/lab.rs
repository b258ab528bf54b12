//! The lab: what holds for all of its nodes and services.

use super::{Daemon, Dnsmasq, Lock, Node, Service};
use crate::nomad::form::Body;
use crate::source::{Span, Spanned};
use std::net::Ipv4Addr;

/// A whole lab, names resolved, every service lowered to its job.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Its name.
    pub name: Spanned<String>,
    /// DNS domain that its routes lie in.
    pub domain: Spanned<String>,
    /// Datacenter of all agents and jobs.
    pub datacenter: String,
    /// Nomad region.
    pub region: String,
    /// Where services are registered and found.
    pub discovery: Discovery,
    /// Access control in Nomad and Consul: workloads get identities, and tokens are never written.
    pub acl: bool,
    /// Networks that nodes are on.
    pub networks: Vec<Network>,
    /// Every namespace that is declared or used, but `default`; sorted by name.
    pub namespaces: Vec<Namespace>,
    /// The stores of secrets.
    pub stores: Vec<SecretStore>,
    /// Which provider fills which role.
    pub providers: Vec<Provider>,
    /// The nodes, sorted by name.
    pub nodes: Vec<Node>,
    /// There are more nodes: some are written so that they couldn't be read.
    pub more_nodes: bool,
    /// There are more services, for the same reason.
    pub more_services: bool,
    /// Its stores hold more, for the same reason.
    pub more_secrets: bool,
    /// The services, sorted by name.
    pub services: Vec<Service>,
    /// What `hlmc.lock` says about the images, where there is one.
    pub lock: Option<Lock>,
    /// Every image has to be in the lock.
    pub locked: bool,
    /// What its owner has decided to leave as it is.
    pub allowed: Vec<Allow>,
}

/// `allow "code" reason="…"`: warnings and advice that are to be kept back.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The code.
    pub code: Spanned<String>,
    /// Where it holds.
    pub within: Within,
}

/// Where an [`Allow`] holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Within {
    /// In the whole lab.
    Lab,
    /// In the block that it stands in.
    Block,
    /// There too, and in the service with this name, wherever that is written.
    Service(Span),
}

impl Lab {
    /// The provider that fills a role, if the lab has one.
    #[must_use]
    pub fn provider(&self, role: Role) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.role == role)
    }

    /// The store of secrets with this name.
    #[must_use]
    pub fn store(&self, name: &str) -> Option<&SecretStore> {
        self.stores.iter().find(|store| store.name.value == name)
    }

    /// The nodes that run the Nomad and Consul servers.
    pub fn servers(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.server)
    }

    /// Each dnsmasq, and the node that it runs on.
    pub fn dnsmasqs(&self) -> impl Iterator<Item = (&Node, &Dnsmasq)> {
        let daemons = self.nodes.iter().flat_map(|node| node.daemons.iter().map(move |daemon| (node, daemon)));
        daemons.filter_map(|(node, daemon)| match daemon {
            Daemon::Dnsmasq(dnsmasq) => Some((node, dnsmasq)),
            Daemon::Samba(_) => None,
        })
    }

    /// The names of all machines: of the nodes, and of those that a node's dnsmasq knows.
    pub fn machines(&self) -> impl Iterator<Item = &Spanned<String>> {
        let hosts = self.dnsmasqs().flat_map(|(_, dnsmasq)| &dnsmasq.hosts);
        self.nodes.iter().map(|node| &node.name).chain(hosts.map(|(name, _)| name))
    }

    /// The networks that fixed ports of a node may be on, all of them the node's one address: `lan`, or the first of the lab,
    /// which is what jobs ask for, and the one that the address lies in where that is another.
    pub fn networks_of(&self, node: &Node) -> impl Iterator<Item = &str> {
        let first = self.networks.first().map_or("lan", |network| network.name.as_str());
        let own = self.networks.iter().find(|network| holds(&network.cidr, node.address.value));
        std::iter::once(first).chain(own.map(|own| own.name.as_str()).filter(move |own| *own != first))
    }

    /// The index of the node with this name in [`Lab::nodes`].
    #[must_use]
    pub fn node(&self, name: &str) -> Option<usize> {
        self.nodes.binary_search_by(|node| node.name.as_str().cmp(name)).ok()
    }

    /// The service with this name.
    #[must_use]
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.binary_search_by(|service| service.name.as_str().cmp(name)).ok().map(|at| &self.services[at])
    }
}

/// Where services are registered and found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Discovery {
    /// Consul's catalog and DNS.
    Consul,
    /// Nomad's own service registrations; no Consul agents are needed.
    Nomad,
}

/// A network that nodes are on.
#[derive(Clone, Debug)]
pub struct Network {
    /// Its name, as in `host_network`.
    pub name: Spanned<String>,
    /// Its addresses, `192.168.1.0/24`.
    pub cidr: Spanned<String>,
}

impl Network {
    /// Whether an address is one of its own.
    #[must_use]
    pub fn holds(&self, address: Ipv4Addr) -> bool {
        holds(&self.cidr, address)
    }

    /// Whether an address is that of the network itself or that of all its machines, which no machine has.
    #[must_use]
    pub fn is_edge(&self, address: Ipv4Addr) -> bool {
        let length = self.cidr.split_once('/').and_then(|(_, length)| length.parse::<u32>().ok()).unwrap_or(32);
        let rest = u32::MAX.checked_shr(length).unwrap_or(0);
        let own = u32::from(address) & rest;
        length < 31 && self.holds(address) && (own == 0 || own == rest)
    }
}

/// Whether a network, `192.168.1.0/24`, holds an address; one that can't be read holds none.
pub(crate) fn holds(cidr: &str, address: Ipv4Addr) -> bool {
    let Some((network, length)) = cidr.split_once('/') else { return false };
    let (Ok(network), Ok(length)) = (network.parse::<Ipv4Addr>(), length.parse::<u32>()) else { return false };
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(length)).unwrap_or(0);
    length <= 32 && u32::from(network) & mask == u32::from(address) & mask
}

/// A Nomad namespace.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Its name.
    pub name: Spanned<String>,
    /// What `nomad namespace list` shows; empty for none.
    pub description: String,
}

/// A store of secrets and the names it holds.
#[derive(Clone, Debug)]
pub struct SecretStore {
    /// Its name in references: `vault`, `nomad`.
    pub name: Spanned<String>,
    /// Where its API answers.
    pub address: Option<Spanned<String>>,
    /// Vault: the mount of its key-value engine.
    pub mount: String,
    /// The paths it holds with their keys, sorted by path.
    pub holds: Vec<(Spanned<String>, Vec<Spanned<String>>)>,
}

impl SecretStore {
    /// What it holds at a path: the path as it is written there, and its keys.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&(Spanned<String>, Vec<Spanned<String>>)> {
        self.holds.binary_search_by(|(held, _)| held.as_str().cmp(path)).ok().map(|at| &self.holds[at])
    }
}

/// What an integration may be for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// Serves the routes.
    ReverseProxy,
    /// Answers the lab's names.
    Dns,
    /// Scrapes metrics.
    Monitoring,
    /// Lets people in from outside.
    Vpn,
    /// Asks who somebody is.
    Auth,
}

impl Role {
    /// Every role, in the order the documentation has them.
    pub const ALL: [Self; 5] = [Self::ReverseProxy, Self::Dns, Self::Monitoring, Self::Vpn, Self::Auth];

    /// Its name in manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ReverseProxy => "reverse-proxy",
            Self::Dns => "dns",
            Self::Monitoring => "monitoring",
            Self::Vpn => "vpn",
            Self::Auth => "auth",
        }
    }
}

/// The integration that a lab chose for a role.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The role it fills.
    pub role: Role,
    /// The integration's name: `caddy`.
    pub name: Spanned<String>,
    /// The options it was given, defaults filled in.
    pub options: Body,
    /// The service that the integration brought in, by its name in [`Lab::services`].
    pub service: Option<String>,
    /// The `reverse-proxy "caddy"` of the lab.
    pub span: Span,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_only() {
        assert!(holds("192.168.1.0/24", Ipv4Addr::new(192, 168, 1, 119)));
        assert!(!holds("192.168.1.0/24", Ipv4Addr::new(192, 168, 2, 1)));
        assert!(holds("0.0.0.0/0", Ipv4Addr::new(8, 8, 8, 8)));
        assert!(holds("10.0.0.5/32", Ipv4Addr::new(10, 0, 0, 5)));
        assert!(!holds("10.0.0.5/33", Ipv4Addr::new(10, 0, 0, 5)));
        assert!(!holds("lan", Ipv4Addr::new(10, 0, 0, 5)));
    }
}
