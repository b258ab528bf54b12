//! Which node can run which group, and what that makes necessary on the node.

use super::constraint::holds;
use super::{Analysis, GroupFacts, NodeFacts, Obstacle};
use crate::model::{Group, Lab, Node, Service};
use rayon::prelude::*;

/// Capabilities that Docker's task driver allows without a word in the agent's configuration
/// (drivers/shared/capabilities, `NomadDefaults`).
pub(crate) const DEFAULT_CAPABILITIES: [&str; 13] = [
    "audit_write",
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "mknod",
    "net_bind_service",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_chroot",
];

/// Works out what follows from a lab.
#[must_use]
pub fn analyze(lab: &Lab) -> Analysis<'_> {
    let groups: Vec<GroupFacts<'_>> = lab
        .services
        .par_iter()
        .flat_map_iter(|service| service.groups.iter().map(move |group| (service, group)))
        .map(|(service, group)| GroupFacts { service, group, verdicts: verdicts(lab, service, group) })
        .collect();
    let nodes = (0..lab.nodes.len()).into_par_iter().map(|at| node_facts(lab, at, &groups)).collect();
    Analysis { lab, groups, nodes }
}

fn verdicts<'l>(lab: &'l Lab, service: &'l Service, group: &'l Group) -> Vec<Option<Obstacle<'l>>> {
    lab.nodes.iter().map(|node| obstacle(lab, service, group, node)).collect()
}

fn obstacle<'l>(lab: &'l Lab, service: &'l Service, group: &'l Group, node: &Node) -> Option<Obstacle<'l>> {
    if !node.client {
        return Some(Obstacle::NoClient);
    }
    declared(lab, service, group, node).or_else(|| offered(service, group, node))
}

/// What the job says about where it runs: pool, datacenters, constraints.
fn declared<'l>(lab: &'l Lab, service: &'l Service, group: &'l Group, node: &Node) -> Option<Obstacle<'l>> {
    let job = &service.job.body;
    let pool = job.str("node_pool");
    let asked = pool.map_or("default", |pool| pool.value);
    if asked != "all" && asked != node.pool.value {
        return Some(Obstacle::Pool(pool));
    }
    let datacenters = job.attribute("datacenters");
    let fits = |pattern: &str| glob(pattern, &lab.datacenter);
    if let Some(attribute) = datacenters.filter(|_| !job.strings("datacenters").any(|name| fits(name.value))) {
        return Some(Obstacle::Datacenter(attribute.value.span));
    }
    let failed = group.constraints.iter().find(|constraint| holds(constraint, node, lab) == Some(false));
    failed.map(Obstacle::Constraint)
}

/// Whether a datacenter fits a name in which `*` stands for anything.
fn glob(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => name
            .strip_prefix(before)
            .is_some_and(|behind| (0..=behind.len()).any(|at| behind.get(at..).is_some_and(|tail| glob(rest, tail)))),
    }
}

/// What the node must have: drivers, platforms, volumes, devices.
fn offered<'l>(service: &'l Service, group: &'l Group, node: &Node) -> Option<Obstacle<'l>> {
    for task in &group.tasks {
        if !node.drivers.iter().any(|driver| driver.value == task.driver.value) {
            return Some(Obstacle::Driver(&task.driver));
        }
        if let Some(image) = &task.image
            && let Some(stated) = service.platforms.iter().find(|stated| stated.image == image.value)
            && !stated.arches.contains(&node.arch.value)
        {
            return Some(Obstacle::Platform { image, stated: stated.span });
        }
        if let Some(device) = task.devices.iter().find(|device| !node.devices.iter().any(|has| fits(device, &has.name)))
        {
            return Some(Obstacle::Device(device));
        }
    }
    for volume in group.volumes.iter().filter(|volume| volume.kind == "host") {
        match node.host_volumes.iter().find(|offered| offered.name.value == volume.source.value) {
            None => return Some(Obstacle::Volume(&volume.source)),
            Some(offered) if offered.read_only && !volume.read_only => {
                return Some(Obstacle::ReadOnlyVolume(&volume.source));
            }
            Some(_) => {}
        }
    }
    None
}

/// Whether a device that is asked for (`gpu`, `nvidia/gpu`, `nvidia/gpu/RTX 3090`) is one that a node has.
fn fits(asked: &str, offered: &str) -> bool {
    let kind = |name: &str| name.split('/').nth(1).unwrap_or(name).to_owned();
    asked == offered || asked == kind(offered) || asked.starts_with(&format!("{offered}/"))
}

fn node_facts<'l>(lab: &'l Lab, at: usize, groups: &[GroupFacts<'l>]) -> NodeFacts<'l> {
    let mut facts = NodeFacts {
        node: &lab.nodes[at],
        groups: Vec::new(),
        docker_volumes: false,
        docker_privileged: false,
        docker_capabilities: Vec::new(),
        kill_timeout: 0,
        ports: Vec::new(),
    };
    for (index, group) in groups.iter().enumerate().filter(|(_, group)| group.verdicts[at].is_none()) {
        facts.groups.push(index);
        facts.ports.extend(group.group.ports.iter().filter(|port| port.fixed.is_some()).map(|port| (index, port)));
        let slowest = group.group.tasks.iter().map(|task| task.kill_timeout).max();
        facts.kill_timeout = facts.kill_timeout.max(slowest.unwrap_or_default());
        for task in group.group.tasks.iter().filter(|task| task.driver.value == "docker") {
            facts.docker_volumes |= !task.mounts.is_empty();
            facts.docker_privileged |= task.privileged.is_some();
            for capability in &task.capabilities {
                let name = capability.to_ascii_lowercase();
                let name = name.strip_prefix("cap_").unwrap_or(&name).to_owned();
                if !DEFAULT_CAPABILITIES.contains(&name.as_str()) {
                    facts.docker_capabilities.push(name);
                }
            }
        }
    }
    facts.docker_capabilities.sort();
    facts.docker_capabilities.dedup();
    facts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datacenters_may_be_patterns() {
        assert!(glob("*", "home") && glob("home", "home") && glob("ho*", "home") && glob("h*e", "home"));
        assert!(!glob("dc1", "home") && !glob("h*x", "home"));
    }

    #[test]
    fn devices_fit_by_kind_vendor_and_model() {
        assert!(fits("gpu", "nvidia/gpu") && fits("nvidia/gpu", "nvidia/gpu"));
        assert!(!fits("amd/gpu", "nvidia/gpu") && !fits("tpu", "nvidia/gpu"));
    }
}
