//! From the analysis to artifacts: one folder a target, each a pure function.
//!
//! Nothing here can fail: an emitter that wants to complain is a missing check.

pub mod caddy;
pub mod deploy;
pub mod exposure;
pub mod job;
pub mod namespace;
pub mod node;
pub mod policy;
pub mod prometheus;
pub mod quote;
pub mod vault;

#[cfg(test)]
mod fixture;

use crate::analyze::Analysis;
use crate::bundle::{Artifact, Bundle};
use crate::model::Service;
use rayon::prelude::*;

/// A target: what it writes for a lab.
type Emitter = fn(&Analysis<'_>) -> Vec<Artifact>;

/// Every target but the jobs, some of which take up what these write. The nodes, which share their work out, come last:
/// they fill the gaps that the others leave.
const EMITTERS: &[Emitter] = &[
    prometheus::artifacts,
    caddy::artifacts,
    deploy::artifacts,
    exposure::artifacts,
    namespace::artifacts,
    policy::artifacts,
    vault::artifacts,
    node::artifacts,
];

/// Emits everything.
#[must_use]
pub fn bundle(analysis: &Analysis<'_>) -> Bundle {
    let (takes_up, alone): (Vec<&Service>, Vec<&Service>) =
        analysis.lab.services.iter().partition(|it| job::takes_up(it));
    let others = || EMITTERS.par_iter().with_max_len(1).flat_map(|emit| emit(analysis)).collect::<Vec<Artifact>>();
    let (mut artifacts, jobs) = rayon::join(others, || job::artifacts(&alone, &analysis.groups, &[]));
    let taken_up = job::artifacts(&takes_up, &analysis.groups, &artifacts);
    artifacts.extend(jobs.into_iter().chain(taken_up));
    let lock = analysis.lab.lock.as_ref().map(|lock| &*lock.text);
    Bundle::new(artifacts, &analysis.lab.name.value, lock)
}
