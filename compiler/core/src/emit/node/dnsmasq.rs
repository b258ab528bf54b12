//! `dnsmasq.d/hlmc.conf` of a node that answers the lab's names.

use super::ports;
use crate::analyze::Analysis;
use crate::model::{Dhcp, Discovery, Dnsmasq, Lab, Node, Role};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::Ipv4Addr;

/// The whole file. It listens on the node's address and the loopback one, never on a container bridge, and comes up before the
/// address is there. Names of the lab, names without a dot and private addresses are never asked of anybody else.
pub(super) fn config(analysis: &Analysis<'_>, node: &Node, dnsmasq: &Dnsmasq) -> String {
    let lab = analysis.lab;
    let domain = lab.domain.as_str();
    let mut text = format!(
        "# Written by hlmc: names of `{domain}`, answered by `{}`.
bind-dynamic
listen-address=127.0.0.1
listen-address={}
no-hosts
domain={domain}
local=/{domain}/
domain-needed
bogus-priv
cache-size=1000
",
        node.name.value, node.address.value
    );
    upstream(&mut text, lab, dnsmasq);
    let _ = writeln!(text, "\n# Machines.");
    for node in &lab.nodes {
        host(&mut text, domain, &node.name, node.address.value);
    }
    for (name, address) in &dnsmasq.hosts {
        host(&mut text, domain, name, *address);
    }
    routes(&mut text, analysis);
    dhcp(&mut text, dnsmasq);
    text
}

fn upstream(text: &mut String, lab: &Lab, dnsmasq: &Dnsmasq) {
    if !dnsmasq.upstream.is_empty() {
        text.push_str("no-resolv\n");
    }
    for server in &dnsmasq.upstream {
        let _ = writeln!(text, "server={}", server.value);
    }
    if lab.discovery == Discovery::Consul {
        let _ = writeln!(text, "server=/consul/127.0.0.1#{}", ports::CONSUL_DNS);
    }
}

/// A machine, by its name alone and in the lab's domain.
fn host(text: &mut String, domain: &str, name: &str, address: Ipv4Addr) {
    let _ = writeln!(text, "host-record={name}.{domain},{name},{address}");
}

/// The host of each route, at the addresses of the nodes that the reverse proxy can run on.
fn routes(text: &mut String, analysis: &Analysis<'_>) {
    let hosts: BTreeSet<&str> =
        analysis.lab.services.iter().flat_map(|service| &service.routes).map(|route| route.host.as_str()).collect();
    let addresses = proxies(analysis);
    if hosts.is_empty() || addresses.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n# Routes, at the reverse proxy.");
    for host in hosts {
        for address in &addresses {
            let _ = match host.strip_prefix("*.") {
                Some(parent) => writeln!(text, "address=/{parent}/{address}"),
                None => writeln!(text, "host-record={host},{address}"),
            };
        }
    }
}

fn proxies(analysis: &Analysis<'_>) -> BTreeSet<Ipv4Addr> {
    let proxy = analysis.lab.provider(Role::ReverseProxy).and_then(|provider| provider.service.as_deref());
    let groups = analysis.groups.iter().filter(|facts| Some(facts.service.name.as_str()) == proxy);
    groups.flat_map(|facts| facts.eligible()).map(|at| analysis.lab.nodes[at].address.value).collect()
}

fn dhcp(text: &mut String, dnsmasq: &Dnsmasq) {
    if let Some(Dhcp { from, until, router, lease }) = &dnsmasq.dhcp {
        let _ = writeln!(
            text,
            "\n# Addresses.\ndhcp-authoritative\ndhcp-range={},{},{}",
            from.value,
            until.value,
            seconds(lease)
        );
        let _ = writeln!(text, "dhcp-option=option:router,{}", router.value);
    }
}

/// A time such as `1h30m` in whole seconds, at least the two minutes that dnsmasq takes as the least.
fn seconds(time: &str) -> u64 {
    let mut total = 0_u64;
    let mut number = String::new();
    for character in time.chars() {
        let unit = match character {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => {
                number.push(character);
                continue;
            }
        };
        total = total.saturating_add(number.parse::<u64>().unwrap_or(0).saturating_mul(unit));
        number.clear();
    }
    total.max(120)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_lease_is_told_in_seconds() {
        assert_eq!(seconds("12h"), 43_200);
        assert_eq!(seconds("1h30m"), 5_400);
        assert_eq!(seconds("1d2h3m4s"), 93_784);
        assert_eq!(seconds("5s"), 120);
    }
}
