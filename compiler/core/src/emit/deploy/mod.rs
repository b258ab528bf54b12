//! `deploy.sh`: takes a bundle to its machines with nothing but ssh, tar, nomad and consul.
//!
//! The script is the same for every lab; what differs stands before it as functions that call another one once for each node,
//! job and so on, with every value in single quotes.

mod waves;

use super::namespace::{namespace_path, namespaces, pool_path, pools};
use super::policy::policies;
use crate::analyze::{Analysis, GroupFacts};
use crate::bundle::{Artifact, hex};
use crate::emit::quote::{push_sh, sh};
use crate::emit::vault;
use crate::model::{Discovery, Lab, Node, Service};
use sha2::{Digest, Sha256};
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
    let mut text = String::from("#!/bin/sh\n# Made by hlmc. `deploy.sh --help` says what it does.\nset -eu\n\n");
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
    each(&mut text, "node", "name address user port role class pool", nodes(lab).map(node).collect());
    each(
        &mut text,
        "pool",
        "name file",
        pools(lab).into_keys().map(|name| vec![name.to_owned(), pool_path(name)]).collect(),
    );
    let spaces = namespaces(lab).map(|space| vec![space.name.value.clone(), namespace_path(&space.name)]);
    each(&mut text, "namespace", "name file", spaces.collect());
    let policy =
        |of: &Service, file: String| vec![policy_name(of), of.name.value.clone(), of.namespace.value.clone(), file];
    let policies = policies(lab).map(|given| policy(given.service, given.path()));
    each(&mut text, "policy", "name service namespace file", policies.collect());
    let role = |grant: vault::Grant<'_>| {
        let of = [&grant.service.name, &grant.service.namespace].map(|name| name.value.clone());
        [grant.role.clone()].into_iter().chain(of).chain([grant.policy_path(), grant.role_path()]).collect()
    };
    each(&mut text, "role", "name service namespace policy role", vault::grants(lab).map(role).collect());
    let numbered = waves.iter().enumerate().flat_map(|(at, wave)| wave.iter().map(move |service| (at + 1, *service)));
    let jobs = numbered.map(|(wave, service)| job(analysis, wave, service));
    each(&mut text, "job", "wave service namespace kind count file", jobs.collect());
    each(&mut text, "secret", "service namespace path key...", secrets(lab));
    let stateful = analysis.groups.iter().filter(|facts| !facts.group.volumes.is_empty());
    let placements = stateful.map(|facts| placement(lab, facts));
    each(&mut text, "placement", "service namespace group node...", placements.collect());
    text.push_str(SCRIPT);
    vec![Artifact::script("deploy.sh", text)]
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

fn node(node: &Node) -> Vec<String> {
    let role = match (node.server, node.client) {
        (true, true) => "both",
        (true, false) => "server",
        (false, _) => "client",
    };
    vec![
        node.name.value.clone(),
        node.address.value.to_string(),
        node.ssh.user.clone().unwrap_or_default(),
        node.ssh_port().to_string(),
        role.to_owned(),
        node.class.value.clone(),
        node.pool.value.clone(),
    ]
}

fn job(analysis: &Analysis<'_>, wave: usize, service: &Service) -> Vec<String> {
    vec![
        wave.to_string(),
        service.name.value.clone(),
        service.namespace.value.clone(),
        service.kind.clone(),
        allocations(analysis, service).to_string(),
        service.job_path(),
    ]
}

/// How many allocations run once the job is healthy.
fn allocations(analysis: &Analysis<'_>, service: &Service) -> u64 {
    if service.kind != "system" {
        return service.groups.iter().map(|group| group.count.value).sum();
    }
    let own = analysis.groups.iter().filter(|facts| facts.service.name.value == service.name.value);
    own.map(|facts| facts.eligible().count() as u64).sum()
}

/// The Nomad variables that jobs read, with their keys: a row a service and path.
fn secrets(lab: &Lab) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for service in &lab.services {
        let mut paths: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for secret in service.secrets.iter().filter(|secret| secret.store == "nomad") {
            paths.entry(&secret.path).or_default().insert(&secret.key);
        }
        for (path, keys) in paths {
            let mut row = vec![service.name.value.clone(), service.namespace.value.clone(), path.to_owned()];
            row.extend(keys.into_iter().map(str::to_owned));
            rows.push(row);
        }
    }
    rows
}

fn placement(lab: &Lab, facts: &GroupFacts<'_>) -> Vec<String> {
    let named = [&facts.service.name, &facts.service.namespace, &facts.group.name].map(|name| name.value.clone());
    let nodes = facts.eligible().filter_map(|at| lab.nodes.get(at)).map(|node| node.name.value.clone());
    named.into_iter().chain(nodes).collect()
}

/// A function that calls its arguments once for each row.
fn each(text: &mut String, what: &str, columns: &str, rows: Vec<Vec<String>>) {
    let _ = write!(text, "\n# {columns}\neach_{what}() {{\n");
    for row in &rows {
        text.push_str("    \"$@\"");
        for value in row {
            text.push(' ');
            push_sh(text, value);
        }
        text.push('\n');
    }
    if rows.is_empty() {
        text.push_str("    :\n");
    }
    text.push_str("}\n");
}

#[cfg(test)]
mod tests;
