//! In which order jobs are registered.

use crate::model::{Lab, Service};
use std::collections::BTreeMap;

/// The services in waves: everything that a service needs lies in an earlier one.
///
/// The first wave is the system jobs that need nothing, since they are what other services find on each node. Services that
/// need each other in a circle come together in the last wave.
pub(super) fn waves(lab: &Lab) -> Vec<Vec<&Service>> {
    let at: BTreeMap<&str, usize> = lab.services.iter().enumerate().map(|(at, it)| (it.name.as_str(), at)).collect();
    let mut needed_by = vec![Vec::new(); lab.services.len()];
    let mut open: Vec<usize> = Vec::with_capacity(lab.services.len());
    for (service, this) in lab.services.iter().zip(0..) {
        let needs = needs(&at, service, this);
        open.push(needs.len());
        for need in needs {
            needed_by[need].push(this);
        }
    }
    let is_free = |at: &usize| open[*at] == 0;
    let (mut ready, mut next): (Vec<usize>, Vec<usize>) =
        (0..lab.services.len()).filter(is_free).partition(|at| lab.services[*at].kind == "system");
    let mut waves = Vec::new();
    let mut is_placed = vec![false; lab.services.len()];
    while !ready.is_empty() || !next.is_empty() {
        for at in &ready {
            is_placed[*at] = true;
            for waiting in &needed_by[*at] {
                open[*waiting] -= 1;
                if open[*waiting] == 0 {
                    next.push(*waiting);
                }
            }
        }
        next.sort_unstable();
        waves.push(std::mem::replace(&mut ready, std::mem::take(&mut next)));
    }
    waves.push((0..lab.services.len()).filter(|at| !is_placed[*at]).collect());
    waves.retain(|wave| !wave.is_empty());
    waves.into_iter().map(|wave| wave.into_iter().map(|at| &lab.services[at]).collect()).collect()
}

/// The other services of the lab that have to be healthy before this one.
fn needs(at: &BTreeMap<&str, usize>, service: &Service, this: usize) -> Vec<usize> {
    let after = service.after.iter().map(|name| name.as_str());
    let found = service.references.iter().map(|reference| reference.service.as_str());
    let mut needs: Vec<usize> = after.chain(found).filter_map(|name| at.get(name).copied()).collect();
    needs.retain(|need| *need != this);
    needs.sort_unstable();
    needs.dedup();
    needs
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
    fn a_long_chain_takes_linear_time() {
        let services = (0..20_000).map(|at| service(&format!("a{at}")).finds(&format!("a{}", at + 1))).collect();
        let lab = Lab { services, ..lab() };
        let names = names(&lab);
        assert_eq!((names.len(), &names[0], &names[19_999]), (20_000, &vec!["a19999"], &vec!["a0"]));
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
