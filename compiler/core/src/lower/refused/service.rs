//! Registered services and their checks.

use super::super::limits::idle_words;
use super::{gateway, time, wrong};
use crate::diagnostic::{Sink, nearest};
use crate::nomad::form::{Block, Body};
use crate::source::{Span, Spanned};
use std::borrow::Cow;

/// Reports what Nomad would refuse in the services of a group and of its tasks.
pub(super) fn check(group: &Body, sink: &mut Sink) {
    let mut taken: Vec<([&str; 3], Span)> = Vec::new();
    let mut provider: Option<Spanned<&str>> = None;
    let mut bound: Vec<Spanned<i64>> = Vec::new();
    let services = std::iter::once(("group", group))
        .chain(group.blocks("task").map(|task| (task.label().map_or("", |label| label.as_str()), &task.body)));
    for (owner, body) in services {
        for service in body.blocks("service") {
            let name = service.body.str("name").map_or("", |name| name.value);
            let id = [name, owner, service.body.str("port").map_or("", |port| port.value)];
            match taken.iter().find(|(other, _)| *other == id) {
                Some((_, first)) => {
                    let diagnostic =
                        wrong(name, "another service: name and port are the same", service.span, "leave one out");
                    sink.push(diagnostic.also(*first, "the first one"));
                }
                None => taken.push((id, service.span)),
            }
            let own = service.body.str("provider").unwrap_or(Spanned::new("consul", service.span));
            match provider.filter(|first| first.value != own.value) {
                Some(first) => {
                    let expected = format!("`{}`, as the other services of the group have it", first.value);
                    sink.push(
                        wrong(own.value, &expected, own.span, "register all of them in one place")
                            .also(first.span, "here"),
                    );
                }
                None => provider = Some(own),
            }
            self::service(group, owner, service, own.value, sink);
            if let Some(connect) = service.body.block("connect") {
                upstreams(connect, &mut bound, sink);
            }
        }
    }
}

/// Sidecars of a group share its network, so each upstream listens on a port of its own.
fn upstreams(connect: &Block, bound: &mut Vec<Spanned<i64>>, sink: &mut Sink) {
    let proxy = connect.body.block("sidecar_service").and_then(|sidecar| sidecar.body.block("proxy"));
    let upstreams = proxy.into_iter().flat_map(|proxy| proxy.body.blocks("upstreams"));
    for port in upstreams.filter_map(|upstream| upstream.body.int("local_bind_port")).filter(|port| port.value != 0) {
        match bound.iter().find(|first| first.value == port.value) {
            Some(first) => {
                let diagnostic =
                    wrong(&port.value.to_string(), "a port of its own", port.span, "let it listen on another one");
                sink.push(diagnostic.also(first.span, "another upstream listens there"));
            }
            None => bound.push(port),
        }
    }
}

/// One service. `owner` is its task, or `group`.
fn service(group: &Body, owner: &str, service: &Block, provider: &str, sink: &mut Sink) {
    let body = &service.body;
    let in_group = owner == "group";
    if let Some(name) = body.str("name").filter(|name| !is_name(name.value)) {
        let expected = "the name of a service: up to 63 letters, digits and `-`";
        sink.push(wrong(name.value, expected, name.span, "rename it"));
    }
    let mode = body.str("address_mode");
    let fixed = body.str("address").filter(|address| !address.value.is_empty());
    if let Some(mode) = mode.filter(|mode| fixed.is_some() && mode.value != "auto") {
        sink.push(wrong(mode.value, "possible with an `address`", mode.span, "leave one of the two out"));
    }
    address_mode(mode, in_group, sink);
    task_of(body, owner, in_group, group, sink);
    let network = group.block("network");
    let mode = network.and_then(|network| network.body.str("mode"));
    let sidecar = body.block("connect").and_then(|connect| connect.body.block("sidecar_service"));
    let fits = mode.is_some_and(|mode| mode.value == "bridge" || mode.value.starts_with("cni/"));
    if let Some(sidecar) = sidecar.filter(|_| in_group && provider == "consul" && !fits) {
        let place = mode.map_or_else(|| network.map_or(sidecar.span, |network| network.span), |mode| mode.span);
        let expected = "possible without a network of the group's own";
        let help = "write `mode = \"bridge\"` in its `network`";
        sink.push(wrong("sidecar_service", expected, sidecar.span, help).also(place, "the group's network"));
    }
    if let Some(connect) = body.block("connect") {
        if provider == "nomad" || !in_group {
            let expected = if in_group { "for a service that Nomad registers" } else { "for a service of a task" };
            let help = "leave `connect` out, or let Consul register a service of the group";
            sink.push(wrong("connect", expected, connect.span, help));
        } else {
            gateway::check(body, connect, sink);
        }
    }
    let audience = body.block("identity").filter(|identity| identity.body.strings("aud").next().is_none());
    if let Some(identity) = audience {
        sink.push(wrong("identity", "enough: for whom?", identity.span, "add `aud \"consul.io\"`"));
    }
    ports(group, owner, body, sink);
    for check in body.blocks("check") {
        let before = sink.found();
        check_of(body, check, provider, in_group, sink);
        if sink.found() == before {
            words(&check.body, sink);
        }
        task_of(&check.body, owner, in_group, group, sink);
    }
}

/// The ports that a service and its checks name have to be there: Nomad finds out about those of a group's service once the
/// allocation starts. In a group, and in the driver's own network, numbers are fine.
fn ports(group: &Body, owner: &str, service: &Body, sink: &mut Sink) {
    let in_group = owner == "group";
    let is_own = |task: &&Block| in_group || task.label().is_some_and(|label| label.value == owner);
    let resources = || group.blocks("task").filter(is_own).filter_map(|task| task.body.block("resources"));
    let networks = || group.blocks("network").chain(resources().flat_map(|own| own.body.blocks("network")));
    let known = || networks().flat_map(|it| it.body.blocks("port")).filter_map(|it| Some(it.label()?.as_str()));
    for body in std::iter::once(service).chain(service.blocks("check").map(|check| &check.body)) {
        let Some(port) = body.str("port").filter(|port| !port.value.is_empty()) else { continue };
        let in_driver = body.str("address_mode").is_some_and(|mode| mode.value == "driver");
        let is_number = port.value.parse::<i64>().is_ok();
        let fits = if is_number { in_group || in_driver } else { known().any(|known| known == port.value) };
        if !fits && !port.value.contains("${") {
            let diagnostic =
                wrong(port.value, "a port of the group", port.span, "name a `port` of the group's `network`");
            sink.push(diagnostic.did_you_mean_value(port.value, known().collect::<Vec<_>>()));
        }
    }
}

fn address_mode(mode: Option<Spanned<&str>>, in_group: bool, sink: &mut Sink) {
    let wants_group = |mode: &str| matches!(mode, "alloc" | "alloc_ipv6");
    if let Some(mode) = mode.filter(|mode| if in_group { mode.value == "driver" } else { wants_group(mode.value) }) {
        let whose = if in_group { "group" } else { "task" };
        sink.push(wrong(mode.value, &format!("for a service of a {whose}"), mode.span, "leave `address_mode` out"));
    }
}

/// The task that a service or a check names has to be there, and its own where it stands in one.
fn task_of(body: &Body, owner: &str, in_group: bool, group: &Body, sink: &mut Sink) {
    let Some(task) = body.str("task").filter(|task| !task.value.is_empty()) else { return };
    let known = group.blocks("task").any(|other| other.label().is_some_and(|label| label.value == task.value));
    if if in_group { !known } else { task.value != owner } {
        let expected = if in_group { "a task of the group" } else { "the task that the service stands in" };
        sink.push(wrong(task.value, expected, task.span, "leave `task` out, or name that one"));
    }
}

fn check_of(service: &Body, check: &Block, provider: &str, in_group: bool, sink: &mut Sink) {
    let body = &check.body;
    let kind = body.str("type").map_or("", |kind| kind.value);
    let mut wrong = |found: &str, expected: &str, span: Span, help: &str| sink.push(wrong(found, expected, span, help));
    let empty = |name: &str| body.str(name).is_none_or(|text| text.value.is_empty());
    let asks = matches!(kind, "http" | "tcp" | "grpc");
    if asks && empty("port") && service.str("port").is_none_or(|port| port.value.is_empty()) {
        wrong("check", "enough: at which port?", check.span, "add `port` to it or to its service");
    }
    if kind == "http" {
        match body.str("path") {
            Some(path) if path.value.contains("://") || path.value.is_empty() => {
                wrong(path.value, "the path of a URL, such as `/healthz`", path.span, "start it with `/`");
            }
            None => wrong("check", "enough: which path?", check.span, "add `path \"/\"`"),
            Some(_) => {}
        }
    }
    if kind == "script" {
        if provider == "nomad" {
            wrong(
                "script",
                "a check that Nomad makes",
                check.span,
                "use `http` or `tcp`, or let Consul register the service",
            );
        } else if empty("command") {
            let place = check.body.str("command").map_or(check.span, |command| command.span);
            wrong("check", "enough: which program?", place, "add `command \"/bin/…\"`");
        }
        if in_group && empty("task") && service.str("task").is_none_or(|task| task.value.is_empty()) {
            wrong("check", "enough: in which task?", check.span, "add `task \"…\"`");
        }
    }
    for name in ["interval", "timeout"] {
        if time(body, name).is_none() {
            wrong("check", &format!("enough: which `{name}`?"), check.span, &format!("add `{name} \"10s\"`"));
        }
    }
    if let Some(restart) = body.block("check_restart").or_else(|| service.block("check_restart")) {
        let update = body.str("on_update").or_else(|| service.str("on_update"));
        let ignores = restart.body.bool("ignore_warnings").is_some_and(|ignores| ignores.value);
        if let Some(update) = update.filter(|it| it.value == "ignore" || it.value == "ignore_warnings" && !ignores) {
            wrong(update.value, "possible with this `check_restart`", update.span, "leave one of the two out");
        }
    }
    if provider == "nomad" {
        only_consul(check, sink);
    } else if !asks {
        for name in ["success_before_passing", "failures_before_critical", "failures_before_warning"] {
            if let Some(number) = body.int(name).filter(|number| number.value > 0) {
                let expected = format!("for a check of type `{kind}`");
                sink.push(super::wrong(name, &expected, number.span, &format!("leave `{name}` out")));
            }
        }
    }
}

/// Words that a check of its type doesn't read, and a method of HTTP that there isn't: servers know them in capitals.
fn words(check: &Body, sink: &mut Sink) {
    const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    let kind = check.str("type").map_or("", |kind| kind.value);
    idle_words(kind, check, sink);
    let line = |command: &Spanned<&str>| command.value.contains(' ') && !command.value.contains("${");
    if let Some(command) = check.str("command").filter(line).filter(|_| kind == "script") {
        let program = command.value.split(' ').next().unwrap_or_default();
        let help = format!("write `{program}` alone, and the rest as `args`, a word each: no shell takes it apart");
        sink.push(wrong(command.value, "the name of a program", command.span, &help));
    }
    let method = check.str("method").filter(|_| kind == "http");
    let Some(method) = method.filter(|it| !it.value.is_empty() && !METHODS.contains(&it.value)) else { return };
    let upper = method.value.to_ascii_uppercase();
    let meant = if METHODS.contains(&&*upper) { Some(&*upper) } else { nearest(&upper, METHODS) };
    if let Some(meant) = meant {
        sink.push(wrong(method.value, "a method of HTTP", method.span, &format!("write `{meant}`")));
    }
}

/// What only Consul's checks know.
fn only_consul(check: &Block, sink: &mut Sink) {
    const NAMES: [&str; 7] = [
        "expose",
        "success_before_passing",
        "failures_before_critical",
        "failures_before_warning",
        "tls_server_name",
        "grpc_service",
        "grpc_use_tls",
    ];
    let expected = "for a check that Nomad makes";
    for attribute in check.body.attributes.iter().filter(|attribute| NAMES.contains(&&*attribute.name)) {
        let help = format!("leave `{}` out, or let Consul register the service", attribute.name);
        sink.push(wrong(&attribute.name, expected, attribute.name_span, &help));
    }
    for (name, value) in [("on_update", "ignore_warnings"), ("address_mode", "driver"), ("type", "grpc")] {
        if let Some(text) = check.body.str(name).filter(|text| text.value == value) {
            sink.push(wrong(
                value,
                expected,
                text.span,
                &format!("leave `{name}` out, or let Consul register the service"),
            ));
        }
    }
    let ignores = check.body.block("check_restart").and_then(|restart| restart.body.bool("ignore_warnings"));
    if let Some(ignores) = ignores.filter(|ignores| ignores.value) {
        sink.push(wrong("ignore_warnings", expected, ignores.span, "leave `ignore_warnings` out"));
    }
}

/// Whether a name is one of RFC 1123, once `${…}` in it is filled in.
fn is_name(name: &str) -> bool {
    let mut filled = Cow::Borrowed(name);
    while let Some((before, after)) = filled.split_once("${") {
        let Some((_, behind)) = after.split_once('}') else { return false };
        filled = Cow::Owned([before, "ENV-VAR", behind].concat());
    }
    (1..=63).contains(&filled.len())
        && !filled.starts_with('-')
        && !filled.ends_with('-')
        && filled.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
