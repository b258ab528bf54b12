//! What Docker is told under Compose and under Nomad alike: the keys that become lines of `config`.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_changed::changed;
use super::codes::compose_no_counterpart::{no_counterpart, not_missed};
use super::model::Service;
use super::variables::{scalar, shown};
use super::{Reader, keys, scalar as scalars};
use crate::import::kdl::Node;
use crate::import::yaml::Entry;

/// Keys of a list of texts, with Nomad's name.
const LISTS: &[(&str, &str)] = &[
    ("cap_add", "cap_add"),
    ("cap_drop", "cap_drop"),
    ("dns", "dns_servers"),
    ("dns_opt", "dns_options"),
    ("dns_search", "dns_search_domains"),
    ("group_add", "group_add"),
    ("security_opt", "security_opt"),
];
/// Keys of a text.
const TEXTS: &[(&str, &str)] = &[
    ("cgroup", "cgroupns"),
    ("cpuset", "cpuset_cpus"),
    ("hostname", "hostname"),
    ("mac_address", "mac_address"),
    ("runtime", "runtime"),
    ("working_dir", "work_dir"),
];
/// Keys of a truth value.
const SWITCHES: &[(&str, &str)] =
    &[("init", "init"), ("read_only", "readonly_rootfs"), ("stdin_open", "interactive"), ("tty", "tty")];
/// Keys of names with values.
const MAPS: &[(&str, &str)] = &[("storage_opt", "storage_opt"), ("sysctls", "sysctl")];
/// Keys that name a namespace of the node.
const MODES: &[(&str, &str)] =
    &[("ipc", "ipc_mode"), ("pid", "pid_mode"), ("userns_mode", "userns_mode"), ("uts", "uts_mode")];

fn named(keys: &[(&str, &'static str)], key: &str) -> Option<&'static str> {
    keys.iter().find(|(theirs, _)| *theirs == key).map(|(_, ours)| *ours)
}

/// Takes up a key of Docker's; says whether it is one.
pub(super) fn option(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) -> bool {
    let key = entry.key.as_str();
    if let Some(name) = named(LISTS, key) {
        let texts = scalars::texts(entry, reader.sink());
        let node = texts.iter().fold(Node::new(name), |node, text| node.arg(scalar(text)));
        if !node.entries.is_empty() {
            service.config.push(node);
        }
    } else if let Some(name) = named(TEXTS, key) {
        if let Some(text) = scalars::text(entry, reader.sink()) {
            service.config.push(Node::new(name).arg(scalar(&text)));
        }
    } else if let Some(name) = named(SWITCHES, key) {
        if scalars::truth(entry, reader.sink()) == Some(true) {
            service.config.push(Node::new(name).arg(true));
        }
    } else if let Some(name) = named(MAPS, key) {
        let mut node = Node::new(name);
        for (name, value) in scalars::pairs(entry, reader.sink()) {
            node = node.child(Node::new(name.value).arg(scalar(&value.map(|it| it.value).unwrap_or_default())));
        }
        if node.children.is_some() {
            service.config.push(node);
        }
    } else if let Some(name) = named(MODES, key) {
        mode(name, entry, service, reader);
    } else {
        return other(entry, service, reader);
    }
    true
}

fn mode(name: &'static str, entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(text) = scalars::text(entry, reader.sink()) else { return };
    match text.split_once(':') {
        Some(("service" | "container", _)) => {
            let help = "put both into one service, as `task`s: those of a group may share more than containers can";
            reader.sink().push(no_counterpart(&format!("`{}: {}`", entry.key.value, shown(&text)), text.span, help));
        }
        _ if text.as_str() == "private" => {}
        _ => service.config.push(Node::new(name).arg(scalar(&text))),
    }
}

fn other(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) -> bool {
    match entry.key.as_str() {
        "devices" => devices(entry, service, reader),
        "extra_hosts" => extra_hosts(entry, service, reader),
        "logging" => logging(entry, service, reader),
        "oom_score_adj" => {
            if let Some(number) = scalars::number(entry, reader.sink()) {
                service.config.push(Node::new("oom_score_adj").arg(number));
            }
        }
        "pull_policy" => pull_policy(entry, service, reader),
        "shm_size" => {
            if let Some(bytes) = scalars::size(entry, reader.sink()) {
                service.config.push(Node::new("shm_size").arg(scalars::written(bytes, 1)));
            }
        }
        "ulimits" => ulimits(entry, service, reader),
        _ => return false,
    }
    true
}

/// `HOST[:CONTAINER[:rwm]]`, or what the long form has.
fn devices(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for item in scalars::items(entry) {
        let mut parts = [None, None, None];
        if item.map().is_some() {
            for part in keys::DEVICE.check(item, reader.sink()) {
                let at = match part.key.as_str() {
                    "source" => 0,
                    "target" => 1,
                    _ => 2,
                };
                parts[at] = scalars::text(part, reader.sink()).map(|text| text.value);
            }
        } else if let Some(text) = scalars::item_text(&entry.key, item, reader.sink()) {
            for (part, text) in parts.iter_mut().zip(text.split(':')) {
                *part = Some(text.to_owned());
            }
        }
        let [Some(source), target, permissions] = parts else { continue };
        if let Some((kind, _)) = source.split_once('=').filter(|(kind, _)| kind.contains('/')) {
            let help = "name it in the node and in the service: `device \"NAME\"`";
            reader.sink().push(no_counterpart(&format!("the device `{kind}` of CDI"), item.span, help));
            continue;
        }
        let mut node = Node::new("devices").prop("host_path", scalar(&source));
        if let Some(target) = target.filter(|target| *target != source) {
            node = node.prop("container_path", scalar(&target));
        }
        if let Some(permissions) = permissions.filter(|permissions| permissions != "rwm") {
            node = node.prop("cgroup_permissions", scalar(&permissions));
        }
        service.config.push(node);
    }
}

/// `NAME:ADDRESS`, `NAME=ADDRESS`, or a map of them.
fn extra_hosts(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut lines = Vec::new();
    if let Some(entries) = entry.value.map() {
        for host in entries {
            for address in scalars::texts(host, reader.sink()) {
                lines.push(format!("{}:{}", host.key.value, address.value));
            }
        }
    } else {
        for text in scalars::texts(entry, reader.sink()) {
            let separator = if text.contains('=') { '=' } else { ':' };
            match text.split_once(separator) {
                Some((name, address)) => lines.push(format!("{name}:{}", address.trim_matches(['[', ']']))),
                None => {
                    let help = "write `NAME:ADDRESS`";
                    reader.sink().push(bad_value(&shown(&text), "a name with its address", text.span).help(help));
                }
            }
        }
    }
    let node = lines.iter().fold(Node::new("extra_hosts"), |node, line| node.arg(scalar(line)));
    if !node.entries.is_empty() {
        service.config.push(node);
    }
}

fn logging(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut node = Node::new("logging");
    let mut options = Node::new("config");
    for part in keys::LOGGING.check(&entry.value, reader.sink()) {
        if *part.key == "driver" {
            if let Some(driver) = scalars::text(part, reader.sink()) {
                node = node.child(Node::new("type").arg(scalar(&driver)));
            }
        } else {
            for (name, value) in scalars::pairs(part, reader.sink()) {
                let value = value.map(|value| value.value).unwrap_or_default();
                options = options.child(Node::new(name.value).arg(scalar(&value)));
            }
        }
    }
    if options.children.is_some() {
        node = node.child(options);
    }
    if node.children.is_some() {
        service.config.push(node);
    }
}

fn pull_policy(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(policy) = scalars::text(entry, reader.sink()) else { return };
    match policy.as_str() {
        "always" => service.config.push(Node::new("force_pull").arg(true)),
        "missing" | "if_not_present" => {}
        "never" | "build" => {
            let help = "push the image to a registry that the nodes reach: Nomad pulls what a node doesn't have";
            reader.sink().push(no_counterpart(&format!("`pull_policy: {}`", policy.value), policy.span, help));
        }
        other if other == "daily" || other == "weekly" || other.starts_with("every_") => {
            let help = "`config { force_pull #true }` pulls before each start";
            reader.sink().push(not_missed(&format!("`pull_policy: {other}`"), policy.span, help));
        }
        other => {
            let help = "`always`, `missing` and `never` are known";
            reader.sink().push(bad_value(&shown(other), "a pull policy", policy.span).help(help));
        }
    }
}

fn ulimits(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let mut node = Node::new("ulimit");
    let Some(limits) = entry.value.map() else {
        reader.sink().push(super::codes::compose_bad_value::wrong_kind("ulimits", "a map", &entry.value));
        return;
    };
    for limit in limits {
        let (mut soft, mut hard) = (None, None);
        if limit.value.map().is_some() {
            for part in keys::ULIMIT.check(&limit.value, reader.sink()) {
                let number = scalars::number(part, reader.sink());
                if *part.key == "soft" { soft = number } else { hard = number }
            }
        } else {
            soft = scalars::number(limit, reader.sink());
        }
        let Some(first) = soft.or(hard) else { continue };
        let (soft, hard) = (soft.unwrap_or(first), hard.unwrap_or(first));
        let text = if soft == hard { soft.to_string() } else { format!("{soft}:{hard}") };
        node = node.child(Node::new(limit.key.value.clone()).arg(text));
    }
    if node.children.is_some() {
        service.config.push(node);
    }
}

/// Reads `platform`.
pub(super) fn platform(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(text) = scalars::text(entry, reader.sink()) else { return };
    match text.as_str().trim_start_matches("linux/") {
        "amd64" | "x86_64" => service.arch = Some("amd64"),
        "arm64" | "arm64/v8" | "aarch64" => service.arch = Some("arm64"),
        _ => {
            let help = "a lab has nodes of `amd64` and `arm64`";
            reader.sink().push(no_counterpart(&format!("the platform `{}`", shown(&text)), text.span, help));
        }
    }
}

/// Reads `container_name`: in a lab a container is called after its service.
pub(super) fn container_name(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let Some(text) = scalars::text(entry, reader.sink()) else { return };
    if text.replace(['_', '.'], "-") != service.name {
        let help = format!("Nomad names containers itself: look for `{}` with `nomad job status`", service.name);
        reader.sink().push(not_missed(&format!("the name `{}` of the container", shown(&text)), text.span, &help));
    }
    service.aliases.push(text.value);
}

/// Reads `build`.
pub(super) fn build(entry: &Entry, service: &Service, has_image: bool, reader: &mut Reader<'_, '_>) {
    let name = &service.written.value;
    let help = match has_image {
        true => "build it beforehand, and push it under the name of `image` to a registry that the nodes reach",
        false => "build it beforehand, push it to a registry that the nodes reach, and give the lab its name",
    };
    reader.sink().push(no_counterpart(&format!("`build` of `{name}`"), entry.key.span, help));
}

/// Reads `privileged`.
pub(super) fn privileged(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    service.privileged = scalars::truth(entry, reader.sink()) == Some(true);
}

/// Reads `stop_grace_period` and `stop_signal`.
pub(super) fn stop(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    if *entry.key == "stop_grace_period" {
        if let Some(time) = scalars::time(entry, reader.sink()) {
            service.kill.push(Node::new("kill-timeout").arg(time));
        }
        return;
    }
    let Some(signal) = scalars::text(entry, reader.sink()) else { return };
    let plain = signal.to_ascii_uppercase();
    let name = match plain.strip_prefix("SIG").unwrap_or(&plain) {
        "1" => "HUP",
        "2" => "INT",
        "3" => "QUIT",
        "9" => "KILL",
        "10" => "USR1",
        "12" => "USR2",
        "15" => "TERM",
        "28" => "WINCH",
        name @ ("ABRT" | "ALRM" | "CONT" | "HUP" | "INT" | "KILL" | "PIPE" | "QUIT" | "STOP" | "TERM" | "USR1"
        | "USR2" | "WINCH") => name,
        name => {
            let message = format!("`{}` can't be sent by Nomad, and the image's own signal is", shown(name));
            let help = "`kill-signal` takes `SIGTERM`, `SIGINT`, `SIGQUIT` and the like";
            reader.sink().push(changed(message, signal.span, help));
            return;
        }
    };
    service.kill.push(Node::new("kill-signal").arg(format!("SIG{name}")));
}
