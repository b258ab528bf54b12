//! `report/exposure.txt`: what can be reached from where, through what, and with which login. A line a way in, for review.
//!
//! The ports of machines are those that their firewalls let in, from the same rules.

use super::node::{Who, let_in};
use crate::analyze::Analysis;
use crate::bundle::Artifact;
use crate::model::{Lab, Role, Route, Service};
use crate::source::quoted;
use std::fmt::Write as _;

/// Where somebody stands who reaches something: how it is called, and what that means.
const PLACES: [(&str, &str); 4] = [
    ("internet", "anybody"),
    ("lan", "the lab's networks, and whoever a VPN lets into them"),
    ("nodes", "the machines of the lab"),
    ("containers", "containers of the same machine"),
];

/// The list.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    vec![Artifact::text("exposure", "report/exposure.txt", text(analysis))]
}

/// What can be reached from where, sorted.
#[must_use]
pub fn text(analysis: &Analysis<'_>) -> String {
    let mut out = format!(
        "# What of lab `{}` can be reached from where; a line each, so that a change of it shows in a review.\n\
         # What the internet reaches, the lab's networks and nodes do too; what its networks reach, nodes do too.\n",
        analysis.lab.name.value
    );
    let ways = ways(analysis);
    for (place, (name, means)) in PLACES.into_iter().enumerate() {
        let _ = writeln!(out, "\n{name}: {means}");
        let here = ways.partition_point(|(at, _)| *at < place)..ways.partition_point(|(at, _)| *at <= place);
        if here.is_empty() {
            out.push_str("  nothing\n");
        }
        for (_, way) in &ways[here] {
            out.extend(["  ", way, "\n"]);
        }
    }
    out
}

/// Every way in, sorted: the index of the place that it is open to, and what it is.
fn ways(analysis: &Analysis<'_>) -> Vec<(usize, String)> {
    let lab = analysis.lab;
    let mut ways = Vec::new();
    for service in &lab.services {
        for route in &service.routes {
            ways.push((usize::from(!route.public), route_line(lab, service, route)));
        }
    }
    for facts in &analysis.nodes {
        for (who, ports, protocol, why) in let_in(analysis, facts) {
            let place = match who {
                Who::Anyone => 0,
                Who::Newcomers | Who::Lan => 1,
                Who::Members => 2,
                Who::Containers => 3,
            };
            let what = match why.as_str() {
                "members" => "Nomad, and services at ports that it picks",
                "containers" => "services at ports that Nomad picks",
                other => other,
            };
            ways.push((place, format!("{} port {ports}/{protocol}: {what}", facts.node.name.value)));
        }
    }
    ways.sort_unstable();
    ways.dedup();
    ways
}

/// A route: where it is served, what answers, by which proxy, and who is asked for.
fn route_line(lab: &Lab, service: &Service, route: &Route) -> String {
    let address = format!("https://{}{}", route.host.value, route.base().unwrap_or("/"));
    let Some(proxy) = lab.provider(Role::ReverseProxy) else {
        return format!("{address}: {}, which nothing serves", service.name.value);
    };
    let by = match lab.provider(Role::Auth) {
        Some(auth) => format!(" by {}", auth.name.value),
        None => String::new(),
    };
    let login = match &route.auth {
        Some(group) => format!("login{by} for {}", quoted(group)),
        None => "no login before the service's own".to_owned(),
    };
    format!("{address}: {} through {}, {login}", service.name.value, proxy.name.value)
}
