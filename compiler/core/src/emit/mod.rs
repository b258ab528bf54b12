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
use crate::bundle::{Artifact, Bundle, IsThere};
use crate::model::Service;
use crate::source::AT_ONCE;
use rayon::prelude::*;

/// A target: what it writes for a lab.
type Emitter = fn(&Analysis<'_>) -> Vec<Artifact>;

/// Every target but nodes and jobs, some of which take up what these write.
const EMITTERS: &[Emitter] = &[
    prometheus::artifacts,
    caddy::artifacts,
    deploy::artifacts,
    exposure::artifacts,
    namespace::artifacts,
    policy::artifacts,
    vault::artifacts,
];

/// Emits everything.
#[must_use]
pub fn bundle(analysis: &Analysis<'_>) -> Bundle {
    bundle_beside(analysis, &|_| false)
}

/// The same, without the bytes of what is there already.
#[must_use]
pub fn bundle_beside(analysis: &Analysis<'_>, is_there: &IsThere<'_>) -> Bundle {
    let (takes_up, alone): (Vec<&Service>, Vec<&Service>) =
        analysis.lab.services.iter().partition(|it| job::takes_up(it));
    let others = || EMITTERS.par_iter().with_max_len(1).flat_map(|emit| emit(analysis)).collect::<Vec<Artifact>>();
    let jobs = |services: &[&Service], generated: &[Artifact]| {
        let jobs = services.par_iter().with_max_len(AT_ONCE);
        let jobs = jobs.map(|service| job::artifact(service, &analysis.groups, generated));
        jobs.update(|artifact| artifact.finish(is_there)).collect()
    };
    // Nodes and jobs, which share their work out, fill the gaps that the others leave.
    let ((mut artifacts, nodes), alone): (_, Vec<Artifact>) =
        rayon::join(|| rayon::join(others, || node::artifacts(analysis, is_there)), || jobs(&alone, &[]));
    let taken_up: Vec<Artifact> = jobs(&takes_up, &artifacts);
    artifacts.extend(nodes.into_iter().chain(alone).chain(taken_up));
    let lock = analysis.lab.lock.as_ref().map(|lock| &*lock.text);
    Bundle::beside(artifacts, &analysis.lab.name.value, lock, is_there)
}
