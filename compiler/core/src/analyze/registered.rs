//! Which names discovery knows: what the jobs of the lab register.

use crate::model::{Lab, Service};
use crate::nomad::form::Block;
use std::collections::BTreeMap;

/// Something that is found under a name.
#[derive(Clone, Copy, Debug)]
pub struct Discovered<'l> {
    /// The service.
    pub service: &'l Service,
    /// The label of its port; `None` where it has none.
    pub label: Option<&'l str>,
    /// The port on the node, where that is fixed.
    pub fixed: Option<u16>,
}

/// What the jobs of a lab register, by name; of two with one name the first that has a port.
pub(super) fn registered(lab: &Lab) -> BTreeMap<&str, Discovered<'_>> {
    let mut names: BTreeMap<&str, Discovered<'_>> = BTreeMap::new();
    for service in &lab.services {
        for (at, group) in service.job.body.blocks("group").enumerate() {
            for block in registrations(group) {
                let Some(name) = block.body.str("name") else { continue };
                let label = block.body.str("port").map(|label| label.value);
                let ports = service.groups.get(at).map_or(&[][..], |group| group.ports.as_slice());
                let port = ports.iter().find(|port| Some(port.label.as_str()) == label);
                let fixed = port.and_then(|port| port.fixed.as_ref()).map(|fixed| fixed.value);
                let new = Discovered { service, label, fixed };
                let known = names.entry(name.value).or_insert(new);
                if known.label.is_none() {
                    *known = new;
                }
            }
        }
    }
    names
}

/// The blocks by which a group and its tasks register themselves.
pub fn registrations(group: &Block) -> impl Iterator<Item = &Block> {
    let of_tasks = group.body.blocks("task").flat_map(|task| task.body.blocks("service"));
    group.body.blocks("service").chain(of_tasks)
}
