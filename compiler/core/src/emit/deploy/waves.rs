//! In which order jobs are registered.

use crate::model::{Lab, Service};
use std::collections::{BTreeMap, BTreeSet};

/// The services in waves: everything that a service needs lies in an earlier one.
///
/// The first wave is the system jobs that need nothing, since they are what other services find on each node. Services that
/// need each other in a circle come together in the last wave.
pub(super) fn waves(lab: &Lab) -> Vec<Vec<&Service>> {
    let names: BTreeSet<&str> = lab.services.iter().map(|service| service.name.as_str()).collect();
    let mut open: BTreeMap<&str, BTreeSet<&str>> =
        lab.services.iter().map(|service| (service.name.as_str(), needs(&names, service))).collect();
    let mut waves = Vec::new();
    let needs_nothing = |service: &Service| open.get(service.name.as_str()).is_some_and(BTreeSet::is_empty);
    let first = |service: &&Service| service.kind == "system" && needs_nothing(service);
    let mut ready: Vec<&Service> = lab.services.iter().filter(first).collect();
    loop {
        for service in &ready {
            open.remove(service.name.as_str());
        }
        waves.push(std::mem::take(&mut ready));
        let free = |service: &&Service| {
            open.get(service.name.as_str()).is_some_and(|needs| needs.iter().all(|need| !open.contains_key(need)))
        };
        ready = lab.services.iter().filter(free).collect();
        if ready.is_empty() {
            break;
        }
    }
    waves.push(lab.services.iter().filter(|service| open.contains_key(service.name.as_str())).collect());
    waves.retain(|wave| !wave.is_empty());
    waves
}

/// The other services of the lab that have to be healthy before this one.
fn needs<'l>(names: &BTreeSet<&str>, service: &'l Service) -> BTreeSet<&'l str> {
    let after = service.after.iter().map(|name| name.as_str());
    let found = service.references.iter().map(|reference| reference.service.as_str());
    after.chain(found).filter(|name| *name != service.name.as_str() && names.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fixture::{at_nowhere, lab, service};

    fn names(lab: &Lab) -> Vec<Vec<&str>> {
        waves(lab).iter().map(|wave| wave.iter().map(|service| service.name.as_str()).collect()).collect()
    }

    #[test]
    fn what_is_needed_comes_first() {
        let mut exporter = service("node-exporter");
        exporter.kind = "system".to_owned();
        let mut shipper = service("filebeat").finds("search");
        shipper.kind = "system".to_owned();
        let mut web = service("web").finds("db").finds("web").finds("elsewhere");
        web.after = vec![at_nowhere("cache")];
        let services = vec![service("cache").finds("db"), service("db"), shipper, exporter, service("search"), web];
        let lab = Lab { services, ..lab() };
        assert_eq!(names(&lab), [vec!["node-exporter"], vec!["db", "search"], vec!["cache", "filebeat"], vec!["web"]]);
    }

    #[test]
    fn a_circle_ends_in_one_wave() {
        let services = vec![service("a").finds("b"), service("b").finds("a"), service("c").finds("a"), service("d")];
        let lab = Lab { services, ..lab() };
        assert_eq!(names(&lab), [vec!["d"], vec!["a", "b", "c"]]);
    }

    #[test]
    fn an_empty_lab_has_no_waves() {
        assert!(waves(&lab()).is_empty());
    }
}
