//! What is wrong with a lab as a whole, before anything runs. A file a rule: its code, its message, its check.
//!
//! To add one: copy a file, write its page beside it with a manifest that fails and one that passes (both run as tests), and
//! add it to `CHECKS` and `ALL`.

pub mod decomposed_text;
pub mod dependency_cycle;
pub mod latest_image;
pub mod no_auth;
pub mod no_failover;
pub mod no_node_fits;
pub mod no_provider;
pub mod no_room;
pub mod no_server;
pub mod other_namespace;
pub mod port_conflict;
pub mod port_in_dynamic_range;
pub mod route_conflict;
pub mod too_few_nodes;
pub mod unlocked_image;
pub mod unused_image;
pub mod volume_missing;
pub mod wrong_architecture;
pub mod wrong_datacenter;

use crate::analyze::Analysis;
use crate::diagnostic::{Code, Sink};
use crate::model::{Lab, Service};
use crate::source::Span;
use rayon::prelude::*;

/// Every check. They read the analysis and know nothing of each other.
const CHECKS: &[fn(&Analysis<'_>, &mut Sink)] = &[
    decomposed_text::check,
    dependency_cycle::check,
    latest_image::check,
    no_auth::check,
    no_failover::check,
    no_node_fits::check,
    no_server::check,
    no_provider::check,
    no_room::check,
    other_namespace::check,
    port_conflict::check,
    port_in_dynamic_range::check,
    route_conflict::check,
    too_few_nodes::check,
    unlocked_image::check,
    unused_image::check,
    volume_missing::check,
    wrong_architecture::check,
    wrong_datacenter::check,
];

/// The codes of the checks.
pub static ALL: &[&Code] = &[
    &decomposed_text::CODE,
    &dependency_cycle::CODE,
    &latest_image::CODE,
    &no_auth::CODE,
    &no_failover::CODE,
    &no_node_fits::CODE,
    &no_server::CODE,
    &no_provider::CODE,
    &no_room::CODE,
    &other_namespace::CODE,
    &port_conflict::CODE,
    &port_in_dynamic_range::CODE,
    &route_conflict::CODE,
    &too_few_nodes::CODE,
    &unlocked_image::CODE,
    &unused_image::CODE,
    &volume_missing::CODE,
    &wrong_architecture::CODE,
    &wrong_datacenter::CODE,
];

/// Where the lab brings in a service, when the place of a message is in a file that isn't the lab's own text about it: a
/// preset, an entry of the catalogue, an integration.
pub(super) fn brought_in(lab: &Lab, service: &Service, place: Span) -> Option<Span> {
    let provider = lab.providers.iter().find(|provider| provider.service.as_deref() == Some(service.name.as_str()));
    let own = provider.filter(|_| service.name.span.file == place.file).map_or(service.name.span, |it| it.name.span);
    (own.file != place.file).then_some(own)
}

/// Runs every check.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let found: Vec<Sink> = CHECKS
        .par_iter()
        .map(|check| {
            let mut sink = Sink::default();
            check(analysis, &mut sink);
            sink
        })
        .collect();
    for part in found {
        sink.append(part);
    }
}
