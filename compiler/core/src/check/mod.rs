//! What is wrong with a lab as a whole, before anything runs. A file a rule: its code, its message, its check.
//!
//! To add one: copy a file, write its page beside it with a manifest that fails and one that passes (both run as tests), and
//! add it to `OF_SERVICES` or `OF_LAB`, and to `ALL`.

pub mod address_conflict;
pub mod address_outside_networks;
pub mod backup_missing;
pub mod bad_template;
pub mod beside_mount;
pub mod canary_port;
pub mod check_missing;
pub mod class_almost_another;
pub mod cpu_in_cores;
pub mod csi_plugin_missing;
pub mod data_not_kept;
pub mod decomposed_text;
pub mod dependency_cycle;
pub mod even_servers;
pub mod file_out_of_reach;
pub mod folder_of_two_volumes;
pub mod forbidden_on_node;
pub mod hard_coded_address;
pub mod latest_image;
pub mod literal_secret;
pub mod machine_almost_another;
pub mod mdns_domain;
pub mod mismatched_reference;
pub mod mount_not_offered;
pub mod mounted_twice;
pub mod network_storage;
pub mod no_auth;
pub mod no_failover;
pub mod no_node_fits;
pub mod no_provider;
pub mod no_room;
pub mod no_server;
pub mod not_http;
pub mod other_namespace;
pub mod port_conflict;
pub mod port_in_dynamic_range;
pub mod port_not_published;
pub mod prefers_nobody;
pub mod public_without_login;
pub mod reference_as_text;
pub mod registered_twice;
pub mod route_conflict;
pub mod route_of_what_ends;
pub mod route_outside_domain;
pub mod route_shadowed;
mod secret_shape;
pub mod servers_expected;
pub mod system_folder;
pub mod too_few_nodes;
pub mod two_writers;
pub mod udp_only;
pub mod unknown_runtime_name;
pub mod unknown_time_zone;
pub mod unlike_its_image;
pub mod unlocked_image;
pub mod unneeded_allow;
pub mod unregistered_service;
pub mod unserved_name;
pub mod unused_image;
pub mod unused_secret;
pub mod variable_almost_another;
pub mod volume_missing;
pub mod volume_owner;
pub mod words_in_one;
pub mod wrong_architecture;
pub mod wrong_datacenter;
pub mod wrong_region;

use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Code, Sink};
use crate::model::{Lab, Service};
use crate::source::{AT_ONCE, Span};
use rayon::prelude::*;
pub use unneeded_allow::settle;

/// A check of one service among the others.
type OfService = for<'l> fn(&Analysis<'l>, &ServiceFacts<'_, 'l>, &mut Sink);

/// The checks that look at one service after the other. They read the analysis and know nothing of each other. Of other
/// services they see what is registered, the hosts of routes, and what is a storage plugin or Traefik, and no more: a change goes by that.
const OF_SERVICES: &[OfService] = &[
    backup_missing::check,
    bad_template::check,
    canary_port::check,
    check_missing::check,
    data_not_kept::check,
    decomposed_text::check,
    file_out_of_reach::check,
    hard_coded_address::check,
    latest_image::check,
    literal_secret::check,
    mount_not_offered::check,
    network_storage::check,
    no_auth::check,
    no_node_fits::check,
    no_provider::check,
    no_provider::traefik,
    not_http::check,
    port_conflict::in_group,
    port_not_published::check,
    prefers_nobody::check,
    public_without_login::check,
    reference_as_text::check,
    route_of_what_ends::check,
    route_outside_domain::check,
    too_few_nodes::check,
    udp_only::check,
    unknown_runtime_name::check,
    unknown_time_zone::check,
    unlike_its_image::check,
    unregistered_service::check,
    unserved_name::check,
    variable_almost_another::check,
    volume_missing::check,
    volume_owner::check,
    words_in_one::check,
    wrong_architecture::check,
];

/// The checks that look at the lab as a whole.
const OF_LAB: &[fn(&Analysis<'_>, &mut Sink)] = &[
    address_conflict::check,
    address_outside_networks::check,
    beside_mount::check,
    class_almost_another::check,
    cpu_in_cores::check,
    csi_plugin_missing::check,
    dependency_cycle::check,
    even_servers::check,
    folder_of_two_volumes::check,
    forbidden_on_node::check,
    literal_secret::of_mounts,
    machine_almost_another::check,
    mdns_domain::check,
    mismatched_reference::check,
    mounted_twice::check,
    no_failover::check,
    no_provider::dns,
    no_room::check,
    no_server::check,
    other_namespace::check,
    port_conflict::check,
    port_in_dynamic_range::check,
    registered_twice::check,
    route_conflict::check,
    route_shadowed::check,
    servers_expected::check,
    system_folder::check,
    two_writers::check,
    unlocked_image::check,
    unused_image::check,
    unused_secret::check,
    wrong_datacenter::check,
    wrong_region::check,
];

/// The codes of the checks.
pub static ALL: &[&Code] = &[
    &address_conflict::CODE,
    &address_outside_networks::CODE,
    &backup_missing::CODE,
    &bad_template::CODE,
    &beside_mount::CODE,
    &canary_port::CODE,
    &check_missing::CODE,
    &class_almost_another::CODE,
    &cpu_in_cores::CODE,
    &csi_plugin_missing::CODE,
    &data_not_kept::CODE,
    &decomposed_text::CODE,
    &dependency_cycle::CODE,
    &even_servers::CODE,
    &file_out_of_reach::CODE,
    &folder_of_two_volumes::CODE,
    &forbidden_on_node::CODE,
    &hard_coded_address::CODE,
    &latest_image::CODE,
    &literal_secret::CODE,
    &machine_almost_another::CODE,
    &mdns_domain::CODE,
    &mismatched_reference::CODE,
    &mount_not_offered::CODE,
    &mounted_twice::CODE,
    &network_storage::CODE,
    &no_auth::CODE,
    &no_failover::CODE,
    &no_node_fits::CODE,
    &no_provider::CODE,
    &no_room::CODE,
    &no_server::CODE,
    &not_http::CODE,
    &other_namespace::CODE,
    &port_conflict::CODE,
    &port_in_dynamic_range::CODE,
    &port_not_published::CODE,
    &prefers_nobody::CODE,
    &public_without_login::CODE,
    &reference_as_text::CODE,
    &registered_twice::CODE,
    &route_conflict::CODE,
    &route_of_what_ends::CODE,
    &route_outside_domain::CODE,
    &route_shadowed::CODE,
    &servers_expected::CODE,
    &system_folder::CODE,
    &too_few_nodes::CODE,
    &two_writers::CODE,
    &udp_only::CODE,
    &unknown_runtime_name::CODE,
    &unknown_time_zone::CODE,
    &unlike_its_image::CODE,
    &unlocked_image::CODE,
    &unneeded_allow::CODE,
    &unregistered_service::CODE,
    &unserved_name::CODE,
    &unused_image::CODE,
    &unused_secret::CODE,
    &variable_almost_another::CODE,
    &volume_missing::CODE,
    &volume_owner::CODE,
    &words_in_one::CODE,
    &wrong_architecture::CODE,
    &wrong_datacenter::CODE,
    &wrong_region::CODE,
];

/// Where the lab brings in a service, when the place of a message is in a file that isn't the lab's own text about it: a
/// preset, an entry of the catalogue, an integration.
pub(super) fn brought_in(lab: &Lab, service: &Service, place: Span) -> Option<Span> {
    let provider = lab.providers.iter().find(|provider| provider.service.as_deref() == Some(service.name.as_str()));
    let own = provider.filter(|_| service.name.span.file == place.file).map_or(service.name.span, |it| it.name.span);
    (own.file != place.file).then_some(own)
}

/// What is wrong with each of some services, which are named by their place in the lab.
#[must_use]
pub fn of_services(analysis: &Analysis<'_>, wanted: impl Fn(usize) -> bool + Sync) -> Vec<Option<Sink>> {
    let services: Vec<ServiceFacts<'_, '_>> = analysis.services().collect();
    let found = services.into_par_iter().with_max_len(AT_ONCE).enumerate().map(|(at, of)| {
        wanted(at).then(|| {
            let mut sink = Sink::default();
            OF_SERVICES.iter().for_each(|check| check(analysis, &of, &mut sink));
            sink
        })
    });
    found.collect()
}

/// What is wrong with the lab as a whole.
#[must_use]
pub fn of_lab(analysis: &Analysis<'_>) -> Sink {
    let found = OF_LAB.par_iter().with_max_len(1).map(|check| {
        let mut sink = Sink::default();
        check(analysis, &mut sink);
        sink
    });
    let mut sink = Sink::default();
    found.collect::<Vec<Sink>>().into_iter().for_each(|part| sink.append(part));
    sink
}
