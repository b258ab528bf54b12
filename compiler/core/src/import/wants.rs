//! What a job tells of the machines that it runs on.

use super::draft::Wants;
use crate::nomad::form::Body;

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
        for volume in group.body.blocks("volume") {
            if volume.body.str("type").is_none_or(|kind| kind.value == "host") {
                wants.volumes.extend(volume.body.str("source").map(|source| source.value.to_owned()));
            }
        }
        for task in group.body.blocks("task") {
            constraints(&task.body, &mut wants);
            wants.drivers.extend(task.body.str("driver").map(|driver| driver.value.to_owned()));
        }
    }
    wants
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
