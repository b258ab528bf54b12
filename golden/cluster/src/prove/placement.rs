//! Jobs run where they may.

use std::collections::BTreeSet;

use super::{Verdict, ensure};
use crate::cluster::Cluster;

/// Every group of the lab runs: one of a system job on each node that the analysis names, the others as often as they are
/// asked for and on no other node.
pub(super) fn jobs_run_where_the_analysis_lets_them(cluster: &Cluster) -> Verdict {
    let running = cluster.running()?;
    for group in &cluster.facts.groups {
        let of_group = |it: &&crate::agents::Running| it.job == group.service && it.group == group.name;
        let nodes: Vec<&String> = running.iter().filter(of_group).map(|it| &it.node).collect();
        let places: BTreeSet<&String> = nodes.iter().copied().collect();
        let may: BTreeSet<&String> = group.nodes.iter().collect();
        let holds = match group.kind.as_str() {
            "system" => places == may && nodes.len() == may.len(),
            _ => places.is_subset(&may) && nodes.len() as u64 == group.count,
        };
        ensure(holds, || format!("`{}` runs on {nodes:?} and should on {may:?}", group.service))?;
    }
    let jobs: BTreeSet<&String> = running.iter().map(|it| &it.job).collect();
    let services: BTreeSet<&String> = cluster.facts.groups.iter().map(|group| &group.service).collect();
    ensure(jobs == services, || format!("the jobs are {jobs:?}, the services {services:?}"))
}
