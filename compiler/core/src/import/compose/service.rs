//! One service of a Compose file, key by key.

use super::codes::compose_bad_value::{bad_value, said_twice};
use super::codes::compose_changed::changed;
use super::codes::compose_no_counterpart::{no_counterpart, not_missed};
use super::codes::compose_to_complete::to_complete;
use super::codes::compose_unknown_reference::unknown_reference;
use super::labels::{self, Label};
use super::model::Service;
use super::variables::{is_whole, shown};
use super::{Reader, deploy, environment, grants, health, keys, options, ports, scalar as scalars, storage};
use crate::import::yaml::Entry;
use crate::source::Spanned;

/// Reads one service.
pub(super) fn service(entry: &Entry, name: String, reader: &mut Reader<'_, '_>) -> Service {
    let mut service = Service { name, written: entry.key.clone(), ..Service::default() };
    let mut labels: Vec<Label> = Vec::new();
    let mut parts = keys::SERVICE.check(&entry.value, reader.sink());
    // What `environment` says replaces what a file says, wherever they stand; a reservation stands over a limit.
    parts.sort_by_key(|part| match part.key.as_str() {
        "env_file" | "deploy" => 0,
        _ => 1,
    });
    distinct(&parts, reader);
    let has_image = parts.iter().any(|part| *part.key == "image");
    for part in parts {
        match part.key.as_str() {
            "labels" => labels.extend(labels::labels(part, reader)),
            "label_file" => labels.extend(labels::label_file(part, reader)),
            "deploy" => labels.extend(deploy::deploy(part, &mut service, reader)),
            "build" => options::build(part, &service, has_image, reader),
            _ => key(part, &mut service, reader),
        }
    }
    labels::apply(labels, &mut service, reader);
    environment::secrets(&mut service, reader);
    grants::finish(&mut service);
    whole(&mut service, entry, reader);
    service
}

/// Reports what is said in two ways that differ, as Compose does.
fn distinct(parts: &[&Entry], reader: &mut Reader<'_, '_>) {
    const TWICE: [(&str, &[&str]); 5] = [
        ("cpus", &["resources", "limits", "cpus"]),
        ("mem_limit", &["resources", "limits", "memory"]),
        ("mem_reservation", &["resources", "reservations", "memory"]),
        ("pids_limit", &["resources", "limits", "pids"]),
        ("scale", &["replicas"]),
    ];
    let Some(deploy) = parts.iter().find(|part| *part.key == "deploy") else { return };
    for (name, path) in TWICE {
        let here = parts.iter().find(|part| *part.key == name).map(|part| &part.value);
        let there = path.iter().try_fold(&deploy.value, |node, key| node.get(key));
        if let (Some(here), Some(there)) = (here, there)
            && here.text() != there.text()
        {
            let other = format!("deploy.{}", path.join("."));
            reader.sink().push(said_twice(name, here.span, &other, there.span));
        }
    }
}

fn key(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    match part.key.as_str() {
        "image" => service.image = scalars::text(part, reader.sink()),
        "command" => command(part, service, reader),
        "entrypoint" => entrypoint(part, service, reader),
        "user" => service.user = scalars::text(part, reader.sink()).map(|user| user.value),
        "privileged" => options::privileged(part, service, reader),
        "platform" => options::platform(part, service, reader),
        "container_name" => options::container_name(part, service, reader),
        "ports" => ports::ports(part, service, reader.sink()),
        "expose" => ports::expose(part, service, reader.sink()),
        "volumes" => storage::volumes(part, service, reader),
        "tmpfs" => storage::tmpfs(part, service, reader),
        "configs" | "secrets" => grants::grants(part, service, reader),
        "env_file" => environment::env_file(part, service, reader),
        "environment" => environment::environment(part, service, reader),
        "healthcheck" => health::healthcheck(part, service, reader.sink()),
        "depends_on" => depends_on(part, service, reader),
        "links" => links(part, service, reader),
        "networks" => networks(part, service, reader),
        "network_mode" => network_mode(part, service, reader),
        "restart" => deploy::restart(part, service, reader),
        "scale" => deploy::replicas(part, service, reader),
        "cpus" => deploy::cpus(part, service, reader),
        "cpu_shares" => service.cpu = scalars::number(part, reader.sink()).filter(|cpu| *cpu > 0).or(service.cpu),
        "mem_limit" => service.memory_max = scalars::size(part, reader.sink()).filter(|size| *size > 0),
        "mem_reservation" => service.memory = scalars::size(part, reader.sink()).filter(|size| *size > 0),
        "pids_limit" => deploy::pids(part, service, reader),
        "gpus" => deploy::devices(part, service, reader),
        "stop_grace_period" | "stop_signal" => options::stop(part, service, reader),
        "profiles" | "extends" => {}
        _ => {
            options::option(part, service, reader);
        }
    }
}

fn command(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let words = scalars::command(part, reader.sink()).unwrap_or_default();
    service.command = words.into_iter().map(|word| Spanned::new(word, part.value.span)).collect();
}

fn entrypoint(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(words) = scalars::command(part, reader.sink()) else { return };
    if words.is_empty() || words.iter().all(String::is_empty) {
        let help = "name the program with `command`, or with `config { entrypoint \"…\" }` where the image's own stands in its way";
        reader.sink().push(no_counterpart("an empty `entrypoint`", part.value.span, help));
        return;
    }
    let node = words
        .iter()
        .fold(crate::import::kdl::Node::new("entrypoint"), |node, word| node.arg(super::variables::scalar(word)));
    service.config.push(node);
}

fn depends_on(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    if let Some(entries) = part.value.map() {
        for dependency in entries {
            let (mut required, mut condition) = (true, None);
            for how in keys::DEPENDENCY.check(&dependency.value, reader.sink()) {
                if *how.key == "required" {
                    required = scalars::truth(how, reader.sink()) != Some(false);
                } else {
                    condition = scalars::text(how, reader.sink());
                }
            }
            if let Some(condition) = condition {
                condition_of(&dependency.key, &condition, reader);
            }
            depends(&dependency.key, required, service, reader);
        }
        return;
    }
    for name in scalars::texts(part, reader.sink()) {
        depends(&name, true, service, reader);
    }
}

fn condition_of(name: &str, condition: &Spanned<String>, reader: &mut Reader<'_, '_>) {
    match condition.as_str() {
        "service_started" | "service_healthy" => {}
        "service_completed_successfully" => {
            reader.batch.insert(name.to_owned());
        }
        _ => {
            let help = "`service_started`, `service_healthy` and `service_completed_successfully` are known";
            reader.sink().push(bad_value(&shown(condition), "a condition", condition.span).help(help));
        }
    }
}

fn depends(name: &Spanned<String>, required: bool, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let known = reader.project.services.iter().any(|known| *known.key == *name.value);
    if !known && required {
        let names = reader.project.services.iter().map(|service| service.key.as_str());
        let diagnostic = unknown_reference("service", name, name.span, names);
        reader.sink().push(diagnostic);
    }
    if known && !service.after.iter().any(|other| other.value == name.value) {
        service.after.push(name.clone());
    }
}

/// `SERVICE` or `SERVICE:ALIAS`.
fn links(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for text in scalars::texts(part, reader.sink()) {
        let (name, alias) = text.split_once(':').unwrap_or((&text, &text));
        reader.aliases.push((alias.to_owned(), name.to_owned()));
        let name = Spanned::new(name.to_owned(), text.span);
        depends(&name, true, service, reader);
    }
}

fn networks(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut names: Vec<Spanned<String>> = Vec::new();
    if let Some(entries) = part.value.map() {
        for network in entries {
            names.push(network.key.clone());
            for option in keys::NETWORKED.check(&network.value, reader.sink()) {
                let aliases = scalars::texts(option, reader.sink());
                service.aliases.extend(aliases.into_iter().map(|alias| alias.value));
            }
        }
    } else {
        names = scalars::texts(part, reader.sink());
    }
    for name in names {
        let known = reader.project.networks.iter().any(|known| *known.key == *name.value);
        if !known && name.as_str() != "default" {
            let names = reader.project.networks.iter().map(|network| network.key.as_str());
            let diagnostic = unknown_reference("network", &name, name.span, names);
            reader.sink().push(diagnostic);
        }
    }
}

fn network_mode(part: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(mode) = scalars::text(part, reader.sink()) else { return };
    if !is_whole(&mode, "`network_mode`", mode.span, reader.sink()) {
        return;
    }
    match mode.split_once(':') {
        Some(("service" | "container", name)) => {
            service.joins = Some(Spanned::new(name.to_owned(), mode.span));
        }
        _ => match mode.as_str() {
            "host" => service.network = Some("host"),
            "none" => service.network = Some("none"),
            "bridge" | "default" => {}
            other => {
                let help = "a network that Docker has on the node is named with `config { network_mode \"NAME\" }`";
                reader.sink().push(no_counterpart(&format!("`network_mode: {}`", shown(other)), mode.span, help));
            }
        },
    }
}

/// What is missing in the whole.
fn whole(service: &mut Service, entry: &Entry, reader: &mut Reader<'_, '_>) {
    let name = service.written.value.clone();
    if service.name != name {
        let message = format!("the service `{name}` is `{}` in the lab", service.name);
        reader.sink().push(changed(
            message,
            entry.key.span,
            "names of a lab are those of DNS: lower-case letters, digits and `-`",
        ));
    }
    let says = |key: &str| entry.value.get(key).is_some();
    if service.image.is_none() && !says("image") {
        let message = format!("`{name}` has no image");
        let value = format!("{}_image", service.name.replace('-', "_"));
        let help = format!("give the lab one: `values {{ {value} \"registry.example.com/{}:1.0.0\" }}`", service.name);
        reader.sink().push(to_complete(message, entry.key.span, help));
        service.image = Some(Spanned::new(super::variables::open(&value), entry.key.span));
    }
    if service.memory.is_none() && service.memory_max.is_none() && !says("mem_limit") && !says("mem_reservation") {
        let message = format!("`{name}` says nothing about memory, and may take 512 MiB in the lab");
        let help = "`docker stats` shows what it takes: Nomad ends what takes more";
        reader.sink().push(to_complete(message, entry.key.span, help.into()));
    }
    if service.network == Some("none") && !service.ports.is_empty() {
        let help = "take `network_mode: none` out where others have to reach it";
        reader.sink().push(not_missed("what a service without a network listens on", entry.key.span, help));
        service.ports.clear();
    }
}
