//! Which names discovery knows: what the jobs of the lab register.

use crate::model::{Lab, Port, Service};
use crate::nomad::form::Block;
use crate::source::Span;

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

/// What is found through discovery, sorted by name; each name stands once.
#[derive(Debug)]
pub struct Registered<'l>(Vec<(&'l str, Discovered<'l>)>);

impl<'l> Registered<'l> {
    /// What has this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&(&'l str, Discovered<'l>)> {
        self.0.binary_search_by(|(known, _)| (*known).cmp(name)).ok().map(|at| &self.0[at])
    }

    /// All of it, by name.
    pub fn iter(&self) -> impl Iterator<Item = &(&'l str, Discovered<'l>)> {
        self.0.iter()
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'l str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

/// What the jobs of a lab register, by name; of two with one name the first that has a port.
pub(super) fn registered(lab: &Lab) -> Registered<'_> {
    // Most services register one or two.
    let mut all: Vec<(&str, Discovered<'_>)> = Vec::with_capacity(2 * lab.services.len());
    for service in &lab.services {
        for (at, group) in service.job.body.blocks("group").enumerate() {
            let ports = service.groups.get(at).map_or(&[][..], |group| group.ports.as_slice());
            all.extend(registrations(group).filter_map(|block| discovered(service, ports, block)));
        }
    }
    // Mostly they are sorted already, as the services are; those with one name stay in their order.
    all.sort_by_key(|(name, _)| *name);
    all.dedup_by(|(name, new), (known, first)| {
        let same = known == name;
        if same {
            first.join(*new);
        }
        same
    });
    Registered(all)
}

fn discovered<'l>(service: &'l Service, ports: &'l [Port], block: &'l Block) -> Option<(&'l str, Discovered<'l>)> {
    let name = block.body.str("name")?;
    let label = block.body.str("port").map(|label| label.value);
    let port = ports.iter().find(|port| Some(port.label.as_str()) == label);
    let fixed = port.and_then(|port| port.fixed.as_ref()).map(|fixed| fixed.value);
    let in_nomad = block.body.str("provider").is_some_and(|provider| provider.value == "nomad");
    let found_in = [!in_nomad, in_nomad];
    Some((name.value, Discovered { service, label, fixed, found_in, span: name.span, other: None }))
}

impl<'l> Discovered<'l> {
    /// Takes in another with the same name.
    fn join(&mut self, new: Self) {
        // Nomad keeps the names of namespaces apart.
        let apart = new.found_in[1] && self.service.namespace.value != new.service.namespace.value;
        let same_place = self.found_in == new.found_in && !apart;
        if self.other.is_none() && same_place && !std::ptr::eq(self.service, new.service) {
            self.other = Some((new.service, new.span));
        }
        let found_in = [self.found_in[0] || new.found_in[0], self.found_in[1] || new.found_in[1]];
        if self.label.is_none() {
            *self = Discovered { other: self.other, ..new };
        }
        self.found_in = found_in;
    }
}

/// The blocks by which a group and its tasks register themselves.
pub fn registrations(group: &Block) -> impl Iterator<Item = &Block> {
    let of_tasks = group.body.blocks("task").flat_map(|task| task.body.blocks("service"));
    group.body.blocks("service").chain(of_tasks)
}
