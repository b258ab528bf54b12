//! `deploy`, and the older keys for the same: how many, where, with how much of the machine.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_changed::changed;
use super::codes::compose_no_counterpart::{no_counterpart, not_missed};
use super::labels::Label;
use super::model::Service;
use super::variables::{scalar, shown};
use super::{Reader, keys, labels, scalar as scalars};
use crate::import::kdl::Node;
use crate::import::yaml::{self, Entry};
use crate::source::{Span, Spanned};

/// Reads `deploy`; gives the labels in it.
pub(super) fn deploy(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) -> Vec<Label> {
    let mut found = Vec::new();
    for part in keys::DEPLOY.check(&entry.value, reader.sink()) {
        match part.key.as_str() {
            "labels" => found = labels::labels(part, reader),
            "mode" => mode(part, service, reader),
            "placement" => placement(part, service, reader),
            "replicas" => replicas(part, service, reader),
            "resources" => resources(part, service, reader),
            "restart_policy" => restart_policy(part, service, reader),
            _ => update(part, service, reader),
        }
    }
    found
}

/// Reads `replicas` and `scale`.
pub(super) fn replicas(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    if let Some(number) = scalars::number(entry, reader.sink())
        && number != 1
    {
        service.job.push(Node::new("count").arg(number));
    }
}

fn mode(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(mode) = scalars::text(entry, reader.sink()) else { return };
    match mode.as_str() {
        "replicated" => {}
        "global" => service.job.push(Node::new("type").arg("system")),
        "replicated-job" => service.job.push(Node::new("type").arg("batch")),
        "global-job" => service.job.push(Node::new("type").arg("sysbatch")),
        _ => {
            let help = "`replicated`, `global`, `replicated-job` and `global-job` are known";
            reader.sink().push(bad_value(&shown(&mode), "a mode", mode.span).help(help));
        }
    }
}

fn resources(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for part in keys::RESOURCES.check(&entry.value, reader.sink()) {
        if *part.key == "limits" {
            for limit in keys::LIMITS.check(&part.value, reader.sink()) {
                match limit.key.as_str() {
                    "cpus" => cpus(limit, service, reader),
                    "memory" => service.memory_max = scalars::size(limit, reader.sink()),
                    _ => pids(limit, service, reader),
                }
            }
            continue;
        }
        for reserved in keys::RESERVATIONS.check(&part.value, reader.sink()) {
            match reserved.key.as_str() {
                "cpus" => {
                    service.cpu = scalars::thousandths(reserved, reader.sink()).map(|cpu| cpu.max(1));
                }
                "memory" => service.memory = scalars::size(reserved, reader.sink()),
                _ => devices(reserved, service, reader),
            }
        }
    }
}

/// Reads `pids` and `pids_limit`.
pub(super) fn pids(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    if let Some(number) = scalars::number(entry, reader.sink())
        && number > 0
    {
        service.config.push(Node::new("pids_limit").arg(number));
    }
}

/// Reads a limit in processors, `cpus`.
pub(super) fn cpus(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(cpu) = scalars::thousandths(entry, reader.sink()).filter(|cpu| *cpu > 0) else { return };
    if service.cpu.is_none() {
        service.cpu = Some(cpu);
        let message = format!(
            "`{}` of `{}` was a limit in processors, and `cpu {cpu}` is a share in MHz",
            entry.key.value, service.written.value
        );
        let help = "look at how much it takes; `config { cpu_hard_limit #true }` makes it a limit";
        reader.sink().push(changed(message, entry.value.span, help));
    }
}

/// Reads `gpus` and reserved devices.
pub(super) fn devices(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    if entry.value.text() == Some("all") {
        device(entry.value.span, "nvidia", Some("all".into()), service, reader);
        return;
    }
    for item in scalars::items(entry) {
        let (mut driver, mut count, mut gpu, mut ids) = (None, None, *entry.key == "gpus", 0);
        for part in keys::DEVICE_REQUEST.check(item, reader.sink()) {
            match part.key.as_str() {
                "driver" => driver = scalars::text(part, reader.sink()).map(|text| text.value),
                "count" => count = scalars::text(part, reader.sink()).map(|text| text.value),
                "device_ids" => {
                    ids = scalars::texts(part, reader.sink()).len();
                    let help = "Nomad chooses among the devices of a node: a `constraint` in `device` of `nomad { … }` narrows it";
                    reader.sink().push(changed("which of the devices it gets isn't said".into(), part.key.span, help));
                }
                _ => gpu |= scalars::texts(part, reader.sink()).iter().any(|text| text.as_str() == "gpu"),
            }
        }
        if !gpu {
            let help = "name the device in the node and in the service: `device \"NAME\"`";
            reader.sink().push(no_counterpart("a reserved device", item.span, help));
            continue;
        }
        let count = if ids > 0 { Some(ids.to_string()) } else { count };
        device(item.span, driver.as_deref().unwrap_or("nvidia"), count, service, reader);
    }
}

fn device(place: Span, driver: &str, count: Option<String>, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let name = format!("{}/gpu", if driver == "cdi" { "nvidia" } else { driver });
    let mut node = Node::new("device").arg(name.as_str());
    match count.as_deref() {
        Some("all" | "-1") => {
            let message = format!("`{}` was given all GPUs, and `device \"{name}\"` is one", service.written.value);
            reader.sink().push(changed(message, place, "say with `count=` how many it needs"));
        }
        Some(count) => match count.parse::<i64>() {
            Ok(1) => {}
            Ok(count) => node = node.prop("count", count),
            Err(_) => {
                reader
                    .sink()
                    .push(bad_value(&shown(count), "a number of devices", place).help("write a number or `all`"));
            }
        },
        None => {}
    }
    reader.devices.insert(name);
    if !service.devices.contains(&node) {
        service.devices.push(node);
    }
}

fn placement(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for part in keys::PLACEMENT.check(&entry.value, reader.sink()) {
        match part.key.as_str() {
            "constraints" => {
                for text in scalars::texts(part, reader.sink()) {
                    constraint(&text, service, reader);
                }
            }
            "max_replicas_per_node" => {
                if scalars::number(part, reader.sink()) == Some(1) {
                    service.job.push(Node::new("distinct-hosts").arg(true));
                } else {
                    let help = "`distinct-hosts` allows one on each node; `spread over=\"node\"` keeps them apart where it can";
                    reader.sink().push(no_counterpart("`max_replicas_per_node` above 1", part.key.span, help));
                }
            }
            _ => {
                for item in scalars::items(part) {
                    spread(item, service, reader);
                }
            }
        }
    }
}

fn spread(item: &yaml::Node, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let over = item.get("spread").and_then(yaml::Node::text);
    match over {
        Some("node.hostname" | "node.id") => service.job.push(Node::new("spread").prop("over", "node")),
        Some("node.platform.arch") => service.job.push(Node::new("spread").prop("over", "arch")),
        _ => {
            let help = "`spread over=` knows `node`, `class` and `arch`: give the nodes a class in place of a label";
            reader.sink().push(no_counterpart("a preference of `placement`", item.span, help));
        }
    }
}

/// `node.hostname == nas` and its relatives.
fn constraint(text: &Spanned<String>, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let (left, operator, right) = match (text.split_once("=="), text.split_once("!=")) {
        (Some((left, right)), _) => (left.trim(), "==", right.trim()),
        (None, Some((left, right))) => (left.trim(), "!=", right.trim()),
        _ => (text.as_str(), "", ""),
    };
    let arch = match right {
        "x86_64" | "amd64" => Some("amd64"),
        "aarch64" | "arm64" => Some("arm64"),
        _ => None,
    };
    let meta = left.strip_prefix("node.labels.").or_else(|| left.strip_prefix("engine.labels."));
    let node = match (left, operator) {
        ("node.hostname", "==") => {
            reader.nodes.insert(right.to_owned());
            Node::new("on").prop("node", scalar(right))
        }
        ("node.hostname", "!=") => constraint_node("${node.unique.name}", operator, right),
        ("node.platform.arch", "==") if arch.is_some() => Node::new("on").prop("arch", arch.unwrap_or_default()),
        ("node.platform.os", "==") if right == "linux" => return,
        (_, "==" | "!=") if meta.is_some() => {
            let key = meta.unwrap_or_default().replace(['.', '-'], "_");
            if operator == "==" {
                reader.meta.insert(key.clone(), right.to_owned());
            }
            constraint_node(&format!("${{meta.{key}}}"), operator, right)
        }
        ("node.role", _) => {
            let help = "Nomad places services on clients, whether they run a server too or not; `on` says where";
            reader.sink().push(not_missed(&format!("the constraint `{}`", shown(text)), text.span, help));
            return;
        }
        _ => {
            let help = "say it with `on node=`, `on class=`, or `constraint attribute=\"${…}\" value=\"…\"`";
            reader.sink().push(no_counterpart(&format!("the constraint `{}`", shown(text)), text.span, help));
            return;
        }
    };
    service.job.push(node);
}

fn constraint_node(attribute: &str, operator: &str, value: &str) -> Node {
    let node = Node::new("constraint").prop("attribute", attribute);
    let node = if operator == "!=" { node.prop("operator", "!=") } else { node };
    node.prop("value", scalar(value))
}

/// Reads `restart`.
pub(super) fn restart(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(text) = scalars::text(entry, reader.sink()) else { return };
    let (when, most) = text.split_once(':').unwrap_or((&text, ""));
    match when {
        "always" | "unless-stopped" => {}
        "on-failure" if most.is_empty() => {}
        "on-failure" => match most.parse::<i64>() {
            Ok(attempts) => service.group.push(Node::new("restart").prop("attempts", attempts)),
            Err(_) => {
                let help = "write `on-failure:3`";
                reader.sink().push(bad_value(&shown(&text), "a number of restarts", text.span).help(help));
            }
        },
        "no" | "false" => {
            let help = "Nomad starts a service again when it ends: give one that does its work once `type \"batch\"`";
            reader.sink().push(not_missed("`restart` of a service that ends", text.span, help));
        }
        _ => {
            let help = "`no`, `always`, `unless-stopped` and `on-failure` are known";
            reader.sink().push(bad_value(&shown(&text), "a restart policy", text.span).help(help));
        }
    }
}

fn restart_policy(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut node = Node::new("restart");
    for part in keys::RESTART.check(&entry.value, reader.sink()) {
        match part.key.as_str() {
            "condition" => {
                let condition = scalars::text(part, reader.sink());
                if let Some(condition) = condition.filter(|condition| condition.as_str() == "none") {
                    reader.once.push((service.written.value.clone(), condition.span));
                }
            }
            "max_attempts" => {
                if let Some(attempts) = scalars::number(part, reader.sink()) {
                    node = node.prop("attempts", attempts);
                }
            }
            name => {
                if let Some(time) = scalars::time(part, reader.sink()) {
                    node = node.prop(if name == "delay" { "delay" } else { "interval" }, time);
                }
            }
        }
    }
    if !node.entries.is_empty() {
        service.group.push(node);
    }
}

fn update(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut node = Node::new("update");
    for part in keys::UPDATE.check(&entry.value, reader.sink()) {
        match part.key.as_str() {
            "parallelism" => {
                if let Some(number) = scalars::number(part, reader.sink()).filter(|number| *number > 0) {
                    node = node.prop("max_parallel", number);
                }
            }
            "monitor" => {
                if let Some(time) = scalars::time(part, reader.sink()) {
                    node = node.prop("min_healthy_time", time);
                }
            }
            "failure_action" => {
                let action = scalars::text(part, reader.sink());
                match action.as_ref().map(|action| action.as_str()) {
                    Some("rollback") => node = node.prop("auto_revert", true),
                    Some("continue") => {
                        let help = "an update that fails stops there: `nomad deployment` shows why";
                        reader.sink().push(no_counterpart("`failure_action: continue`", part.key.span, help));
                    }
                    _ => {}
                }
            }
            _ => {
                if scalars::text(part, reader.sink()).is_some_and(|order| order.as_str() == "start-first") {
                    let help = "`nomad { update { canary 1; auto_promote #true } }` starts the new one first, where no port or volume is in the way";
                    reader.sink().push(no_counterpart("`order: start-first`", part.key.span, help));
                }
            }
        }
    }
    if !node.entries.is_empty() {
        service.nomad.push(node);
    }
}
