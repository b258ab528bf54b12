//! Which names discovery knows: what the jobs of the lab register.

use crate::model::{Lab, Service};
use crate::nomad::form::Block;
use crate::source::Span;
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
    /// Whether it is in Consul, and whether in Nomad.
    pub found_in: [bool; 2],
    /// Where its name is written.
    pub span: Span,
    /// The first other service with the name in the same place, and where it says so.
    pub other: Option<(&'l Service, Span)>,
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
                let in_nomad = block.body.str("provider").is_some_and(|provider| provider.value == "nomad");
                let found_in = [!in_nomad, in_nomad];
                let new = Discovered { service, label, fixed, found_in, span: name.span, other: None };
                let known = names.entry(name.value).or_insert(new);
                // Nomad keeps the names of namespaces apart.
                let apart = in_nomad && known.service.namespace.value != service.namespace.value;
                if known.other.is_none()
                    && known.found_in == found_in
                    && !apart
                    && !std::ptr::eq(known.service, service)
                {
                    known.other = Some((service, name.span));
                }
                let found_in = [known.found_in[0] || found_in[0], known.found_in[1] || found_in[1]];
                if known.label.is_none() {
                    *known = Discovered { other: known.other, ..new };
                }
                known.found_in = found_in;
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
