//! The tables as statics: sorted, complete in themselves, and knowing the long tail.

use hlmc_core::nomad::schema::{BlockType, By, Occurs, Type};
use hlmc_core::nomad::tables::{LANGUAGES, language};
use std::collections::BTreeSet;

/// Calls `see` with every block of every language, once.
fn every_block(see: &mut dyn FnMut(&str, &'static BlockType)) {
    let mut seen = BTreeSet::new();
    for language in LANGUAGES {
        let mut open = vec![language.root];
        while let Some(block) = open.pop() {
            if seen.insert(std::ptr::from_ref(block).addr()) {
                see(language.name, block);
                open.extend(block.blocks);
            }
        }
    }
}

/// The block at a path such as `job.group.task`, from the top of a language.
fn at(name: &str, path: &str) -> &'static BlockType {
    let root = language(name).unwrap_or_else(|| panic!("no language `{name}`")).root;
    path.split('.').filter(|part| !part.is_empty()).fold(root, |block, part| {
        block.block(part).unwrap_or_else(|| panic!("no block `{part}` in `{}` of `{name}`", block.name))
    })
}

fn ty(name: &str, path: &str, attribute: &str) -> Type {
    at(name, path).attribute(attribute).unwrap_or_else(|| panic!("no `{attribute}` in {name} {path}")).ty
}

#[test]
fn names_are_sorted_and_stand_once() {
    assert!(LANGUAGES.is_sorted_by(|a, b| a.name < b.name), "languages");
    every_block(&mut |language, block| {
        assert!(block.attributes.is_sorted_by(|a, b| a.name < b.name), "attributes of `{}` in {language}", block.name);
        assert!(block.blocks.is_sorted_by(|a, b| a.name < b.name), "blocks of `{}` in {language}", block.name);
        let names: BTreeSet<_> = block.names().collect();
        assert_eq!(names.len(), block.names().count(), "`{}` in {language} has a name twice", block.name);
    });
}

#[test]
fn everything_has_a_sentence() {
    let mut without = Vec::new();
    every_block(&mut |language, block| {
        let is_root = block.name == language;
        if !is_root && !block.doc.ends_with('.') {
            without.push(format!("{language} {}", block.name));
        }
        let attributes = block.attributes.iter().filter(|attribute| !attribute.doc.ends_with('.'));
        without.extend(attributes.map(|attribute| format!("{language} {}.{}", block.name, attribute.name)));
    });
    assert_eq!(without, Vec::<String>::new());
}

#[test]
fn one_of_lists_each_text_once() {
    every_block(&mut |language, block| {
        for attribute in block.attributes.iter().filter(|attribute| !attribute.one_of.is_empty()) {
            let texts: BTreeSet<_> = attribute.one_of.iter().collect();
            let whole = texts.len() == attribute.one_of.len() && !texts.is_empty();
            assert!(whole, "`{}` of `{}` in {language}", attribute.name, block.name);
        }
    });
}

#[test]
fn bodies_chosen_by_a_value_name_languages_and_attributes_that_exist() {
    every_block(&mut |language, block| {
        for child in block.blocks {
            let Some(by) = child.body_by else { continue };
            assert!(LANGUAGES.iter().any(|known| known.name.starts_with(by.prefix)), "{} in {language}", by.prefix);
            match by.by {
                By::Attribute(name) => assert!(block.attribute(name).is_some(), "`{name}` in `{}`", block.name),
                By::Label => assert!(!child.labels.is_empty(), "label of `{}`", child.name),
                By::ParentLabel => assert!(!block.labels.is_empty(), "label of `{}`", block.name),
            }
        }
    });
}

#[test]
fn the_job_language_reaches_its_long_tail() {
    let job = "nomad-job";
    assert_eq!(at(job, "job.group").labels, ["name"]);
    assert_eq!(at(job, "job.group.service").occurs, Occurs::Many);
    assert_eq!(at(job, "job.group.network").occurs, Occurs::Once);
    assert_eq!(ty(job, "job.group.task.resources", "memory"), Type::Megabytes);
    assert_eq!(ty(job, "job.group.disconnect", "lost_after"), Type::Duration);
    assert_eq!(ty(job, "job.group.task.template.change_script", "run_on_first_render"), Type::Bool);
    assert_eq!(
        ty(job, "job.group.service.connect.sidecar_service.proxy.transparent_proxy", "exclude_outbound_ports"),
        Type::Ints
    );
    assert_eq!(
        ty(job, "job.group.service.connect.gateway.ingress.listener.service.tls.sds", "cert_resource"),
        Type::Str
    );
    assert_eq!(at(job, "job.group.task.scaling.policy.check.strategy").labels, ["plugin"]);
    assert_eq!(at(job, "job.group.service.check.header").open, Some(Type::Strings));
    let periodic = at(job, "job.periodic");
    assert!(periodic.attribute("cron").is_some_and(|cron| cron.life.deprecated.is_some()));
    let vault = at(job, "job.group.task.vault");
    assert!(vault.attribute("policies").is_some_and(|policies| policies.life.ignored.is_some()));
    assert!(at(job, "job.group.task.resources.network").life.deprecated.is_some());
    let config = at(job, "job.group.task.config");
    assert_eq!(config.body_by.map(|by| (by.prefix, by.by)), Some(("driver-", By::Attribute("driver"))));
}

#[test]
fn driver_configs_know_their_names() {
    assert_eq!(ty("driver-docker", "mount.volume_options.driver_config", "options"), Type::MapList);
    assert_eq!(ty("driver-docker", "", "shm_size"), Type::Size);
    assert_eq!(ty("plugin-docker", "gc.dangling_containers", "creation_grace"), Type::Time);
    let email = at("driver-docker", "auth").attribute("email").and_then(|email| email.life.ignored);
    assert_eq!(email, Some("1.11.1: leave it out"));
    assert_eq!(at("plugin-docker", "allowed_modes").life.since, Some("2.0.4"));
}

#[test]
fn the_agents_languages_know_what_stands_deep_in_them() {
    assert_eq!(ty("nomad-agent", "client.template.vault_retry", "max_backoff"), Type::Time);
    assert_eq!(
        ty("nomad-agent", "server.default_scheduler_config.preemption_config", "batch_scheduler_enabled"),
        Type::Bool
    );
    assert_eq!(ty("nomad-agent", "consul.service_identity", "aud"), Type::Strings);
    assert_eq!(at("nomad-agent", "plugin.config").body_by.map(|by| by.by), Some(By::ParentLabel));
    assert!(at("nomad-agent", "server_join").life.ignored.is_some());
    assert!(at("nomad-agent", "client.server_join").life.is_read());
    assert!(at("nomad-agent", "server.raft_boltdb").life.deprecated.is_some());
    assert_eq!(ty("consul-agent", "tls.internal_rpc", "verify_server_hostname"), Type::Bool);
    assert!(at("consul-agent", "").attribute("ca_file").is_some_and(|file| file.life.deprecated.is_some()));
    assert_eq!(at("consul-agent", "checks").occurs, Occurs::Many);
    assert_eq!(at("consul-agent", "check").occurs, Occurs::Once);
}

#[test]
fn blocks_may_hold_themselves_and_names_keep_to_their_language() {
    let sidecar = at("consul-agent", "service.connect.sidecar_service");
    assert!(std::ptr::eq(at("consul-agent", "service.connect.sidecar_service.connect.sidecar_service"), sidecar));
    assert!(at("consul-agent", "service.check").attribute("h2ping").is_some());
    assert!(at("nomad-job", "job.group.service.check").attribute("h2ping").is_none());
}

#[test]
fn objects_and_config_entries_are_described() {
    assert_eq!(at("nomad-volume", "topology_request.required.topology").occurs, Occurs::Many);
    assert_eq!(ty("nomad-host-volume", "", "capacity_max"), Type::Size);
    assert_eq!(at("nomad-acl-policy", "namespace.variables.path").labels, ["pattern"]);
    assert_eq!(at("nomad-namespace", "capabilities").attributes.len(), 4);
    assert_eq!(ty("nomad-node-pool", "node_pool", "node_identity_ttl"), Type::Duration);
    let router = "consul-config-entry-service-router";
    assert_eq!(ty(router, "Routes.Destination", "RetryOnStatusCodes"), Type::Ints);
    assert_eq!(at("consul-config-entry-service-resolver", "Subsets").labels, ["name"]);
    let source = at("consul-config-entry-service-intentions", "Sources.Permissions.HTTP.Header");
    assert!(source.attribute("IgnoreCase").is_some());
}
