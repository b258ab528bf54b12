//! What a job tells of the machines that it runs on.

use super::draft::Wants;
use super::lab::LAN;
use crate::nomad::form::{Block, Body};

/// So many machines at most are written down for services that want several.
const MOST_MACHINES: usize = 9;

/// What a job asks of the lab around it.
pub(super) fn wants(job: &Body) -> Wants {
    let mut wants = Wants::default();
    wants
        .datacenters
        .extend(job.strings("datacenters").map(|name| name.value.to_owned()).filter(|name| !name.contains('*')));
    wants.pools.extend(job.str("node_pool").map(|pool| pool.value.to_owned()));
    constraints(job, &mut wants);
    for group in job.blocks("group") {
        constraints(&group.body, &mut wants);
        ports(&group.body, &mut wants);
        if wants_one_each(job, &group.body) {
            let count = group.body.int("count").and_then(|count| usize::try_from(count.value).ok());
            wants.machines = wants.machines.max(count.unwrap_or(1).min(MOST_MACHINES));
        }
        for volume in group.body.blocks("volume") {
            if volume.body.str("type").is_none_or(|kind| kind.value == "host") {
                wants.volumes.extend(volume.body.str("source").map(|source| source.value.to_owned()));
            }
        }
        for task in group.body.blocks("task") {
            constraints(&task.body, &mut wants);
            wants.drivers.extend(task.body.str("driver").map(|driver| driver.value.to_owned()));
            let resources = task.body.block("resources").into_iter();
            let devices = resources.flat_map(|resources| resources.body.blocks("device"));
            let names = devices.filter_map(Block::label).map(|name| name.value.clone());
            wants.devices.extend(names.filter(|name| !name.contains("${")));
        }
    }
    wants
}

/// The networks that ports are asked for on, but the one that the lab has anyway.
fn ports(group: &Body, wants: &mut Wants) {
    let ports = group.blocks("network").flat_map(|network| network.body.blocks("port"));
    let names = ports.filter_map(|port| port.body.str("host_network")).map(|name| name.value);
    let others = names.filter(|name| !matches!(*name, "" | "default" | LAN) && !name.contains("${"));
    wants.networks.extend(others.map(str::to_owned));
}

/// Whether each instance of a group wants a machine of its own.
fn wants_one_each(job: &Body, group: &Body) -> bool {
    if job.str("type").is_some_and(|kind| matches!(kind.value, "system" | "sysbatch")) {
        return false;
    }
    let constraints = job.blocks("constraint").chain(group.blocks("constraint"));
    let distinct = |body: &Body| {
        body.str("operator").is_some_and(|operator| operator.value == "distinct_hosts")
            || body.bool("distinct_hosts").is_some_and(|distinct| distinct.value)
    };
    let mut ports = group.blocks("network").flat_map(|network| network.body.blocks("port"));
    constraints.map(|constraint| &constraint.body).any(distinct)
        || ports.any(|port| port.body.attribute("static").is_some())
}

fn constraints(body: &Body, wants: &mut Wants) {
    for block in body.blocks("constraint").chain(body.blocks("affinity")) {
        let (Some(attribute), Some(value)) = (block.body.str("attribute"), block.body.str("value")) else { continue };
        let values: Vec<String> = match block.body.str("operator").map(|operator| operator.value) {
            None | Some("=" | "==" | "is") => vec![value.value.to_owned()],
            Some("set_contains_any") => value.value.split(',').map(|part| part.trim().to_owned()).collect(),
            _ => continue,
        };
        let plain = values.into_iter().filter(|value| !value.is_empty() && !value.contains("${"));
        match attribute.value {
            "${node.unique.name}" | "${attr.unique.hostname}" => wants.nodes.extend(plain),
            "${node.class}" => wants.classes.extend(plain),
            "${node.datacenter}" => wants.datacenters.extend(plain),
            "${node.pool}" => wants.pools.extend(plain),
            "${attr.cpu.arch}" => wants.arches.extend(plain),
            other => {
                if let Some(key) = other.strip_prefix("${meta.").and_then(|rest| rest.strip_suffix('}')) {
                    wants.meta.extend(plain.map(|value| (key.to_owned(), value)));
                }
            }
        }
    }
}
