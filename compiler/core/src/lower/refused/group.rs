//! A group: its policies, volumes, networks and services, and that its tasks go together.

use super::{Job, constraint, service, task, time, timing, wrong};
use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::{Sink, nearest};
use crate::nomad::form::{Block, Body, ValueKind};
use crate::source::{Span, Spanned};
use std::net::IpAddr;

/// Reports what Nomad would refuse in a group.
pub(super) fn check(job: &Job<'_>, group: &Block, sink: &mut Sink) {
    let body = &group.body;
    if let Some(name) = group.label().filter(|name| name.is_empty() || name.contains('\0')) {
        sink.push(wrong(name, "the name of a group", name.span, "give it one"));
    }
    let count = body.int("count");
    if let Some(count) = count.filter(|count| job.kind == "system" && count.value > 1) {
        let expected = "for a job that runs once on every node";
        let diagnostic = wrong(&count.value.to_string(), expected, count.span, "leave `count` out");
        sink.push(diagnostic.also(job.kind_span(), "it does, by this type"));
    }
    constraint::check(job, &[body], sink);
    timing::check(job, body, sink);
    timing::restart(job, body, sink);
    disconnect(job, body, sink);
    scaling(body, sink);
    network(body, sink);
    for volume in body.blocks("volume") {
        self::volume(job, body, volume, sink);
    }
    leaders(body, sink);
    lasting(job, body, sink);
    task::secrets(body, true, sink);
    service::check(body, sink);
    for task in body.blocks("task") {
        task::check(job, body, task, sink);
    }
}

fn disconnect(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let Some(block) = group.block("disconnect") else { return };
    let Some(stop) = time(&block.body, "stop_on_client_after") else { return };
    if job.is_everywhere() {
        let expected = "for a job that runs once on every node";
        let diagnostic = wrong("stop_on_client_after", expected, stop.span, "leave `stop_on_client_after` out");
        sink.push(diagnostic.also(job.kind_span(), "it does, by this type"));
    }
    if let Some(lost) = time(&block.body, "lost_after").filter(|lost| lost.value != 0) {
        let expected = "possible beside `lost_after`";
        let diagnostic = wrong("stop_on_client_after", expected, stop.span, "leave one of the two out");
        sink.push(diagnostic.also(lost.span, "here it is lost after a time"));
    }
}

fn scaling(group: &Body, sink: &mut Sink) {
    let Some(block) = group.block("scaling") else { return };
    let Some(most) = block.body.int("max") else { return };
    let least = block.body.int("min");
    if let Some(least) = least.filter(|least| least.value > most.value) {
        let diagnostic = wrong(&most.value.to_string(), "a `max` of at least `min`", most.span, "raise `max`");
        sink.push(diagnostic.also(least.span, "`min` is more"));
        return;
    }
    // Without a count it starts with `min`.
    let count = group.int("count").or(least);
    let value = count.map_or(1, |count| count.value);
    let place = count.map_or(block.span, |count| count.span);
    if value > most.value || least.is_some_and(|least| value < least.value) {
        let from = least.map_or(value, |least| least.value).min(most.value);
        let expected = format!("a `count` that `scaling` allows: {from} to {}", most.value);
        sink.push(wrong(&value.to_string(), &expected, place, "change `count`, `min` or `max`"));
    }
}

/// How the tasks of a group share a network: a mode that no node has keeps it from all of them.
fn mode(mode: Option<Spanned<&str>>, sink: &mut Sink) {
    const MODES: [&str; 3] = ["bridge", "host", "none"];
    let known =
        |mode: &str| mode.is_empty() || MODES.contains(&mode) || mode.starts_with("cni/") || mode.contains("${");
    if let Some(mode) = mode.filter(|mode| !known(mode.value)) {
        let help = nearest(mode.value, MODES).map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(|| "write `bridge`, `host`, `none`, or `cni/NAME`".to_owned());
        sink.push(wrong(mode.value, "a mode of a network", mode.span, &help));
    }
}

fn network(group: &Body, sink: &mut Sink) {
    ports(group, sink);
    let Some(block) = group.block("network") else { return };
    mode(block.body.str("mode"), sink);
    for server in block.body.block("dns").into_iter().flat_map(|dns| dns.body.strings("servers")) {
        if !server.value.contains("${") && server.value.parse::<IpAddr>().is_err() {
            let help = "write its IP address: to find it by name would take a DNS server";
            sink.push(wrong(server.value, "the address of a DNS server", server.span, help));
        }
    }
    if let Some(name) = block.body.str("hostname").filter(|name| !name.value.is_empty() && !name.value.contains("${")) {
        let label = |part: &str| (1..=63).contains(&part.len());
        if name.value.len() > 253 || !name.value.trim_end_matches('.').split('.').all(label) {
            sink.push(wrong(
                name.value,
                "a host name",
                name.span,
                "labels of up to 63 characters with dots between them",
            ));
        }
    }
    let arguments = block.body.block("cni").and_then(|cni| cni.body.attribute("args"));
    if let Some(ValueKind::Map(pairs)) = arguments.map(|arguments| &arguments.value.kind) {
        for (key, value) in pairs {
            let text = if let ValueKind::Str(text) = &value.kind { text.as_str() } else { "" };
            if key.value.contains(';') || text.contains(';') {
                let expected = "an argument for CNI, which has no `;`";
                sink.push(wrong(&format!("{}={text}", key.value), expected, key.span, "leave `;` out"));
            }
        }
    }
}

/// Names and fixed numbers of ports, also of the networks that tasks may still have of their own.
fn ports(group: &Body, sink: &mut Sink) {
    let of_tasks = group.blocks("task").filter_map(|task| task.body.block("resources")?.body.block("network"));
    let networks = group.block("network").map(|it| (it, true)).into_iter().chain(of_tasks.map(|it| (it, false)));
    let ports =
        networks.flat_map(|(network, whole)| network.body.blocks("port").map(move |port| (network, port, whole)));
    let mut labels: Vec<(&str, Span)> = Vec::new();
    let mut taken: Vec<(&str, i64, Span)> = Vec::new();
    for (network, port, whole) in ports {
        let mode = network.body.str("mode").map_or("", |mode| mode.value);
        if let Some(label) = port.label() {
            match labels.iter().find(|(known, _)| *known == label.as_str()) {
                Some((_, first)) => sink.push(defined_twice(&format!("port `{}`", label.value), label.span, *first)),
                None if whole => labels.push((label, label.span)),
                None => {}
            }
        }
        let ignores = port.body.bool("ignore_collision").filter(|ignores| ignores.value);
        if let Some(ignores) = ignores.filter(|_| !matches!(mode, "" | "host")) {
            let expected = format!("for `ignore_collision` in a network of mode `{mode}`");
            sink.push(wrong("true", &expected, ignores.span, "leave `ignore_collision` out"));
        }
        let Some(fixed) = port.body.int("static").filter(|fixed| fixed.value != 0) else { continue };
        let host = port.body.str("host_network").map_or("default", |host| host.value);
        match taken.iter().find(|(other, number, _)| *other == host && *number == fixed.value) {
            Some((_, _, first)) if ignores.is_none() => {
                let diagnostic =
                    wrong(&fixed.value.to_string(), "a port of its own", fixed.span, "give it another one");
                sink.push(diagnostic.also(*first, "taken here"));
            }
            Some(_) => {}
            None => taken.push((host, fixed.value, fixed.span)),
        }
    }
}

fn volume(job: &Job<'_>, group: &Body, volume: &Block, sink: &mut Sink) {
    let body = &volume.body;
    let mut wrong = |found: &str, expected: &str, span: Span, help: &str| sink.push(wrong(found, expected, span, help));
    if body.str("source").is_none_or(|source| source.value.is_empty()) {
        wrong("volume", "enough: which one?", volume.span, "add `source \"…\"`, the name that a node offers it by");
    }
    if let Some(each) = body.bool("per_alloc").filter(|each| each.value) {
        let update = |from: &Body| from.block("update").and_then(|update| update.body.int("canary"));
        if job.is_everywhere() {
            wrong("per_alloc", "for a job that runs once on every node", each.span, "leave `per_alloc` out");
        }
        if update(group).or(update(job.body)).is_some_and(|canary| canary.value > 0) {
            wrong("per_alloc", "possible with a `canary`", each.span, "leave `per_alloc` or `canary` out");
        }
        if body.bool("sticky").is_some_and(|sticky| sticky.value) {
            wrong("per_alloc", "possible with `sticky`", each.span, "leave one of the two out");
        }
    }
    let kind = body.str("type").map_or("", |kind| kind.value);
    let access = body.str("access_mode");
    let reads = body.bool("read_only").is_some_and(|reads| reads.value);
    if let Some(access) = access.filter(|access| access.value.ends_with("reader-only") && !reads) {
        wrong(access.value, "possible without `read_only #true`", access.span, "add `read_only #true`");
    }
    match kind {
        "host" => {
            if let Some(options) = body.block("mount_options") {
                wrong("mount_options", "for a volume of the host", options.span, "leave `mount_options` out");
            }
            if let Some(access) = access.filter(|access| access.value.starts_with("multi-node")) {
                wrong(access.value, "for a volume of the host", access.span, "write `single-node-writer`");
            }
        }
        "csi" => csi_volume(group, volume, reads, sink),
        _ => wrong("volume", "enough: of which type?", volume.span, "add `type \"host\"` or `type \"csi\"`"),
    }
}

fn csi_volume(group: &Body, volume: &Block, reads: bool, sink: &mut Sink) {
    let body = &volume.body;
    for name in ["attachment_mode", "access_mode"] {
        if body.str(name).is_none() {
            let help = format!(
                "add `{name} \"{}\"`",
                if name == "access_mode" { "single-node-writer" } else { "file-system" }
            );
            sink.push(wrong("volume", &format!("enough: CSI asks for `{name}`"), volume.span, &help));
        }
    }
    let block_device = body.str("attachment_mode").filter(|mode| mode.value == "block-device");
    if let (Some(mode), Some(_)) = (block_device, body.block("mount_options")) {
        sink.push(wrong(mode.value, "possible with `mount_options`", mode.span, "leave `mount_options` out"));
    }
    let count = group.int("count").map_or(1, |count| count.value);
    let each = body.bool("per_alloc").is_some_and(|each| each.value);
    let one = |mode: &str| {
        mode.starts_with("single-node-reader")
            || mode == "single-node-writer"
            || mode == "multi-node-single-writer" && !reads
    };
    if let Some(mode) = body.str("access_mode").filter(|mode| count > 1 && !each && one(mode.value)) {
        let expected = format!("possible for {count} instances");
        sink.push(wrong(mode.value, &expected, mode.span, "lower `count`, or add `per_alloc #true`"));
    }
}

fn leaders(group: &Body, sink: &mut Sink) {
    let mut leaders = group.blocks("task").filter_map(|task| task.body.bool("leader").filter(|leader| leader.value));
    let first = leaders.next();
    for leader in leaders {
        let diagnostic = wrong("true", "possible for a second `leader`", leader.span, "leave all but one out");
        sink.push(match first {
            Some(first) => diagnostic.also(first.span, "the first one"),
            None => diagnostic,
        });
    }
}

/// Tasks before and beside others are stopped where there are no others: Nomad takes the group for done.
fn lasting(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let lifecycle = |task: &Block| -> Option<(Spanned<String>, bool)> {
        let block = task.body.block("lifecycle")?;
        let sidecar = block.body.bool("sidecar").is_some_and(|sidecar| sidecar.value);
        Some((block.body.str("hook")?.map(str::to_owned), sidecar))
    };
    let mut hooks = Vec::new();
    for task in group.blocks("task") {
        match lifecycle(task) {
            Some((hook, true)) => hooks.push(hook),
            Some((hook, false)) if !job.ends() && matches!(&*hook.value, "prestart" | "poststop") => hooks.push(hook),
            _ => return,
        }
    }
    let Some((first, rest)) = hooks.split_first() else { return };
    let help =
        "leave `lifecycle` out of the task that is to run: Nomad stops the others of a group once that has ended";
    let diagnostic = wrong(&first.value, "enough: which task of the group is to run?", first.span, help);
    sink.push(rest.iter().fold(diagnostic, |diagnostic, hook| diagnostic.also(hook.span, "nor this")));
}
