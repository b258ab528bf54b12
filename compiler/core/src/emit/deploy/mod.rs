//! `deploy.sh`: takes a bundle to its machines with nothing but ssh, tar, nomad and consul.
//!
//! The script is the same for every lab; what differs stands before it as functions that call another one once for each node,
//! job and so on, with every value in single quotes.

mod waves;

use super::namespace::{namespace_path, namespaces, pool_path, pools};
use super::policy::policies;
use crate::analyze::{Analysis, GroupFacts};
use crate::bundle::{Artifact, hex};
use crate::emit::quote::{push_function, push_sh, sh};
use crate::emit::vault;
use crate::model::{Discovery, Lab, Node, Service};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The part of the script that is the same for every lab.
const SCRIPT: &str = concat!(
    include_str!("script/arguments.sh"),
    include_str!("script/nodes.sh"),
    include_str!("script/cluster.sh"),
    include_str!("script/vault.sh"),
    include_str!("script/jobs.sh"),
    include_str!("script/removal.sh"),
    include_str!("script/main.sh"),
);

/// The script.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    let lab = analysis.lab;
    let waves = waves::waves(lab);
    let mut text = String::with_capacity(SCRIPT.len() + 256 * lab.services.len());
    text.push_str("#!/bin/sh\n# Made by hlmc. `deploy.sh --help` says what it does.\nset -eu\n\n");
    let consul = if lab.discovery == Discovery::Consul { "1" } else { "" };
    let acl = if lab.acl { "1" } else { "" };
    let settings = [("lab", lab.name.as_str()), ("region", &lab.region), ("consul", consul), ("acl", acl)];
    for (name, value) in settings {
        let _ = writeln!(text, "{name}={}", sh(value));
    }
    if let Some(store) = lab.store("vault") {
        let address = store.address.as_ref().map_or(vault::ADDRESS, |address| address.as_str());
        let _ = writeln!(text, "vault={}\nlogins={}", sh(address), sh(vault::mount(lab)));
    } else {
        text.push_str("vault='' logins=''\n");
    }
    let _ = writeln!(text, "waves={}", waves.len());
    each(&mut text, "node", "name address user port role class pool", nodes(lab).map(node));
    let pool = |name| [Cow::Borrowed(name), pool_path(name).into()];
    each(&mut text, "pool", "name file", pools(lab).into_keys().map(pool));
    let spaces = namespaces(lab).map(|space| [Cow::from(space.name.as_str()), namespace_path(&space.name).into()]);
    each(&mut text, "namespace", "name file", spaces);
    let policies = policies(lab).map(|given| {
        let [name, namespace] = of(given.service);
        [policy_name(given.service).into(), name, namespace, given.path().into()]
    });
    each(&mut text, "policy", "name service namespace file", policies);
    let roles = vault::grants(lab).map(|grant| {
        let [name, namespace] = of(grant.service);
        let (policy, role) = (grant.policy_path(), grant.role_path());
        [grant.role.into(), name, namespace, policy.into(), role.into()]
    });
    each(&mut text, "role", "name service namespace policy role", roles);
    let numbered = waves.iter().enumerate().flat_map(|(at, wave)| wave.iter().map(move |service| (at + 1, *service)));
    let jobs = numbered.map(|(wave, service)| job(analysis, wave, service));
    each(&mut text, "job", "wave service namespace kind count file", jobs);
    each(&mut text, "secret", "service namespace path key...", lab.services.iter().flat_map(secrets));
    let stateful = analysis.groups.iter().filter(|facts| !facts.group.volumes.is_empty());
    let placements = stateful.map(|facts| placement(lab, facts));
    each(&mut text, "placement", "service namespace group node...", placements);
    text.push_str(SCRIPT);
    vec![Artifact::script("deploy.sh", text)]
}

/// The columns that say which job a row is about.
fn of(service: &Service) -> [Cow<'_, str>; 2] {
    [service.name.as_str().into(), service.namespace.as_str().into()]
}

/// What a job's ACL policy is called, in letters, digits and `-`, 128 at most, as Nomad wants it (acl/policy.go, `validPolicyName`).
fn policy_name(service: &Service) -> String {
    let name = format!("{}/{}", service.namespace.value, service.name.value);
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(100).collect();
    format!("hlmc-{plain}-{}", &hex(&Sha256::digest(&name))[..8])
}

/// Servers first: clients join them.
fn nodes(lab: &Lab) -> impl Iterator<Item = &Node> {
    lab.servers().chain(lab.nodes.iter().filter(|node| !node.server))
}

fn node(node: &Node) -> [Cow<'_, str>; 7] {
    let role = match (node.server, node.client) {
        (true, true) => "both",
        (true, false) => "server",
        (false, _) => "client",
    };
    [
        node.name.as_str().into(),
        node.address.value.to_string().into(),
        node.ssh.user.as_deref().unwrap_or_default().into(),
        node.ssh_port().to_string().into(),
        role.into(),
        node.class.as_str().into(),
        node.pool.as_str().into(),
    ]
}

fn job<'l>(analysis: &Analysis<'_>, wave: usize, service: &'l Service) -> [Cow<'l, str>; 6] {
    let [name, namespace] = of(service);
    let count = allocations(analysis, service).to_string();
    [wave.to_string().into(), name, namespace, service.kind.as_str().into(), count.into(), service.job_path().into()]
}

/// How many allocations run once the job is healthy.
fn allocations(analysis: &Analysis<'_>, service: &Service) -> u64 {
    if service.kind != "system" {
        return service.groups.iter().map(|group| group.count.value).sum();
    }
    let own = analysis.groups.iter().filter(|facts| facts.service.name.value == service.name.value);
    own.map(|facts| facts.eligible().count() as u64).sum()
}

/// The Nomad variables that a job reads, with their keys: a row a path.
fn secrets(service: &Service) -> impl Iterator<Item = Vec<&str>> {
    let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for secret in service.secrets.iter().filter(|secret| secret.store == "nomad") {
        paths.entry(&secret.path).or_default().insert(&secret.key);
    }
    let of = [service.name.as_str(), service.namespace.as_str()];
    paths.into_iter().map(move |(path, keys)| of.into_iter().chain([path]).chain(keys).collect())
}

fn placement<'l>(lab: &'l Lab, facts: &GroupFacts<'l>) -> impl Iterator<Item = &'l str> {
    let named = [&facts.service.name, &facts.service.namespace, &facts.group.name].map(|name| name.as_str());
    let nodes = facts.eligible().filter_map(|at| lab.nodes.get(at)).map(|node| node.name.as_str());
    named.into_iter().chain(nodes)
}

/// A function that calls its arguments once for each row.
fn each<R>(text: &mut String, what: &str, columns: &str, rows: impl Iterator<Item = R>)
where
    R: IntoIterator<Item: AsRef<str>>,
{
    let _ = writeln!(text, "\n# {columns}");
    push_function(text, &format!("each_{what}"), |text| {
        for row in rows {
            text.push_str("    \"$@\"");
            for value in row {
                text.push(' ');
                push_sh(text, value.as_ref());
            }
            text.push('\n');
        }
    });
}

#[cfg(test)]
mod tests;
