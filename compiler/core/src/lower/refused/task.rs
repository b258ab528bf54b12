//! A task: what it takes, what it is given, and what is done with it.

use super::super::image;
use super::{Job, constraint, docker, time, timing, wrong};
use crate::decode::units;
use crate::diagnostic::{Sink, nearest};
use crate::nomad::form::{Block, Body};
use crate::source::{Span, Spanned};

/// Reports what Nomad would refuse in a task of a group.
pub(super) fn check(job: &Job<'_>, group: &Body, task: &Block, sink: &mut Sink) {
    let body = &task.body;
    constraint::without_distinct(body, sink);
    affinities(job, body, sink);
    if let Some(name) =
        task.label().filter(|name| matches!(name.as_str(), "" | "alloc") || name.value.contains(['/', '\\', '\0']))
    {
        sink.push(wrong(name, "a name that a task can have", name.span, "give it another one, without slashes"));
    }
    if let Some(driver) = body.str("driver").filter(|driver| driver.value.is_empty()) {
        sink.push(wrong("", "a task driver", driver.span, "write one, such as `docker`"));
    }
    if let (Some(driver), Some(config)) = (body.str("driver"), body.block("config").map(|config| &config.body)) {
        if let Some(image) = config.str("image").filter(|_| config.attribute("load").is_none()) {
            image::check(image, driver.value, sink);
        }
        if driver.value == "docker" {
            docker::check(group, body, config, sink);
        }
    }
    if job.kind == "service"
        && let (Some(kill), Some(deadline)) = (time(body, "kill_timeout"), timing::progress_deadline(job, group))
        && kill.value > deadline
    {
        let expected = format!("less than the `progress_deadline` of its updates, `{}`", units::time(deadline));
        sink.push(wrong(&units::time(kill.value), &expected, kill.span, "lower it, or raise `progress_deadline`"));
    }
    signal(body.str("kill_signal"), sink);
    resources(body, sink);
    logs(group, body, sink);
    templates(body, sink);
    artifacts(body, sink);
    mounts(group, body, sink);
    identities(body, sink);
    let vault = [job.body, group, body].iter().any(|body| body.block("vault").is_some());
    secrets(body, vault, sink);
    for scaling in body.blocks("scaling").filter_map(Block::label).filter(|it| !matches!(it.as_str(), "cpu" | "mem")) {
        sink.push(wrong(scaling, "what a task can be scaled in: `cpu` or `mem`", scaling.span, "write `cpu` or `mem`"));
    }
    others(body, sink);
}

fn affinities(job: &Job<'_>, body: &Body, sink: &mut Sink) {
    match body.block("affinity") {
        Some(block) if job.kind == "system" => {
            let expected = "for a job that runs once on every node";
            let diagnostic = wrong("affinity", expected, block.span, "leave `affinity` out");
            sink.push(diagnostic.also(job.kind_span(), "it does, by this type"));
        }
        _ => body.blocks("affinity").for_each(|block| constraint::affinity(block, sink)),
    }
}

fn resources(task: &Body, sink: &mut Sink) {
    let Some(block) = task.block("resources") else { return };
    let body = &block.body;
    let cores = body.int("cores").filter(|cores| cores.value > 0);
    if let (Some(cores), Some(cpu)) = (cores, body.int("cpu").filter(|cpu| cpu.value > 0)) {
        let diagnostic = wrong("cpu", "for a task that has `cores`", cpu.span, "leave one of the two out");
        sink.push(diagnostic.also(cores.span, "whole cores are asked for here"));
    }
    let memory = body.int("memory").unwrap_or(Spanned::new(300, block.span));
    let shown = |megabytes: i64| units::size(megabytes.saturating_mul(1 << 20));
    let max = body.int("memory_max").filter(|max| !matches!(max.value, 0 | -1) && max.value < memory.value);
    if let Some(max) = max {
        let expected = format!("at least as much as `memory`, `{}`", shown(memory.value));
        sink.push(wrong(&shown(max.value), &expected, max.span, "leave `memory_max` out, or raise it"));
    }
    if let Some(secrets) = body.int("secrets").filter(|secrets| secrets.value > memory.value) {
        let expected = format!("part of `memory`, `{}`", shown(memory.value));
        sink.push(wrong(&shown(secrets.value), &expected, secrets.span, "lower it, or raise `memory`"));
    }
    for device in body.blocks("device") {
        constraint::without_distinct(&device.body, sink);
        device.body.blocks("affinity").for_each(|block| constraint::affinity(block, sink));
        if let Some(name) = device.label().filter(|name| name.is_empty()) {
            sink.push(wrong("", "a device, such as `nvidia/gpu`", name.span, "name one"));
        }
    }
    for name in body.block("numa").into_iter().flat_map(|numa| numa.body.strings("devices")) {
        if !body.blocks("device").any(|device| device.label().is_some_and(|label| label.value == name.value)) {
            sink.push(wrong(name.value, "a `device` of the task", name.span, "ask for the device as well"));
        }
    }
}

fn logs(group: &Body, task: &Body, sink: &mut Sink) {
    let disk = group.block("ephemeral_disk").and_then(|disk| disk.body.int("size"));
    let logs = task.block("logs");
    let number = |name: &str| logs.and_then(|logs| logs.body.int(name)).map_or(10, |number| number.value);
    let kept = number("max_files").saturating_mul(number("max_file_size"));
    let size = disk.map_or(300, |disk| disk.value);
    if kept < size {
        return;
    }
    let place = logs.map(|logs| logs.span).or(disk.map(|disk| disk.span));
    let Some(place) = place else { return };
    let shown = |megabytes: i64| units::size(megabytes.saturating_mul(1 << 20));
    let expected = format!("less than the disk of the group, `{}`", shown(size));
    let help =
        "raise `size` in the group's `ephemeral_disk`, or lower `max_files` or `max_file_size` in the task's `logs`";
    let diagnostic = wrong(&shown(kept), &expected, place, help);
    sink.push(match disk.filter(|disk| disk.span != place) {
        Some(disk) => diagnostic.also(disk.span, "the disk"),
        None => diagnostic,
    });
}

fn templates(task: &Body, sink: &mut Sink) {
    let mut taken: Vec<(&str, Span)> = Vec::new();
    for block in task.blocks("template") {
        let body = &block.body;
        text_of(block, sink);
        if let Some(target) = body.str("destination") {
            destination(target, "", sink);
            match taken.iter().find(|(other, _)| *other == target.value) {
                Some((_, first)) => {
                    let diagnostic =
                        wrong(target.value, "a `destination` of its own", target.span, "write another one");
                    sink.push(diagnostic.also(*first, "taken here"));
                }
                None => taken.push((target.value, target.span)),
            }
        }
        change(body, "restart", sink);
        if let Some(mode) = body.str("change_mode").filter(|mode| mode.value == "signal")
            && body.bool("env").is_some_and(|env| env.value)
        {
            sink.push(wrong(
                "signal",
                "possible with `env`",
                mode.span,
                "use `restart`: variables of a process don't change",
            ));
        }
        if let Some(mode) = body.str("change_mode").filter(|mode| mode.value == "script")
            && body.block("change_script").is_none()
        {
            sink.push(wrong("script", "enough: which one?", mode.span, "add `change_script { … }`"));
        }
        if let Some(mode) = body.str("perms").filter(|mode| !mode.value.is_empty() && !is_mode(mode.value)) {
            sink.push(wrong(
                mode.value,
                "a mode in octal, such as `644`",
                mode.span,
                "write three or four digits from 0 to 7",
            ));
        }
        let wait = block.body.block("wait");
        if let Some((least, most)) = wait.and_then(|wait| Some((time(&wait.body, "min")?, time(&wait.body, "max")?)))
            && least.value > most.value
        {
            sink.push(
                wrong(&units::time(least.value), "at most `max`", least.span, "raise `max`").also(most.span, "`max`"),
            );
        }
        for script in body.blocks("change_script") {
            filled(&script.body, "command", "a program", sink);
        }
    }
}

/// A template has one text: its own, or that of a file.
fn text_of(block: &Block, sink: &mut Sink) {
    let empty = |name: &str| block.body.str(name).is_some_and(|text| text.value.is_empty());
    let given = |name: &str| block.body.attribute(name).filter(|_| !empty(name));
    match (given("data"), given("source")) {
        (None, None) => {
            sink.push(wrong("template", "enough: of what?", block.span, "add `data \"…\"` or `source \"…\"`"));
        }
        (Some(data), Some(source)) => {
            let both = wrong("source", "possible beside `data`", source.name_span, "leave one of them out");
            sink.push(both.also(data.name_span, "the text is here"));
        }
        _ => {}
    }
}

fn is_mode(text: &str) -> bool {
    u16::from_str_radix(text, 8).is_ok_and(|mode| mode < 1 << 12) && !text.starts_with('+')
}

/// A change that is told by a signal needs one, which is SIGHUP unless given but for identities; these take none otherwise.
fn change(body: &Body, default: &str, sink: &mut Sink) {
    let mode = body.str("change_mode");
    let signal = body.str("change_signal").filter(|signal| !signal.value.is_empty());
    self::signal(signal, sink);
    match (mode.map_or(default, |mode| mode.value), mode, signal) {
        ("signal", Some(mode), None) if default == "noop" || body.attribute("change_signal").is_some() => {
            sink.push(wrong("signal", "enough: which one?", mode.span, "add `change_signal \"SIGHUP\"`"));
        }
        ("noop", _, Some(signal)) if default == "noop" => {
            let expected = "possible without `change_mode \"signal\"`";
            sink.push(wrong(signal.value, expected, signal.span, "leave `change_signal` out"));
        }
        ("restart", _, Some(signal)) if default == "noop" => {
            let expected = "possible without `change_mode \"signal\"`";
            sink.push(wrong(signal.value, expected, signal.span, "leave `change_signal` out"));
        }
        _ => {}
    }
}

/// A signal that no node knows: Nomad runs the task only where all of its signals are known.
fn signal(signal: Option<Spanned<&str>>, sink: &mut Sink) {
    const NAMES: [&str; 28] = [
        "ABRT", "ALRM", "BUS", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "NULL", "PIPE", "PROF", "QUIT",
        "SEGV", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "USR1", "USR2", "WINCH", "XCPU", "XFSZ",
    ];
    let Some(signal) = signal.filter(|signal| !signal.value.is_empty() && !signal.value.contains("${")) else { return };
    let is = |name: &str| NAMES.iter().any(|known| known.eq_ignore_ascii_case(name));
    if signal.value.split_at_checked(3).is_some_and(|(sig, name)| sig.eq_ignore_ascii_case("SIG") && is(name)) {
        return;
    }
    let upper = signal.value.to_ascii_uppercase();
    let near = nearest(upper.strip_prefix("SIG").unwrap_or(&upper), NAMES);
    let help = near.map_or_else(|| "such as `SIGTERM` or `SIGHUP`".to_owned(), |near| format!("write `SIG{near}`"));
    sink.push(wrong(signal.value, "a signal that Nomad knows", signal.span, &help));
}

/// A path in the folder of a task, or of the allocation above it.
fn destination(target: Spanned<&str>, inside: &str, sink: &mut Sink) {
    if target.value.is_empty() {
        sink.push(wrong("", "a path", target.span, "write where it goes: `local/…`"));
        return;
    }
    let mut depth = 1_i32 + i32::from(!inside.is_empty());
    for part in target.value.split('/') {
        match part {
            "" | "." => {}
            ".." => depth -= 1,
            _ => depth += 1,
        }
        if depth < 0 {
            sink.push(wrong(target.value, "a path in the folder of the allocation", target.span, "leave `..` out"));
            return;
        }
    }
}

fn artifacts(task: &Body, sink: &mut Sink) {
    for block in task.blocks("artifact") {
        filled(&block.body, "source", "the place of an artifact", sink);
        if let Some(target) = block.body.str("destination").filter(|target| !target.value.is_empty()) {
            destination(target, "", sink);
        }
        block.body.str("source").into_iter().for_each(|source| scheme(source, sink));
        let sum = block.body.block("options").and_then(|options| options.body.str("checksum"));
        if let Some(sum) = sum.filter(|sum| !sum.value.contains("${") && !is_checksum(sum.value.trim())) {
            let expected = "a checksum, such as `sha256:` and 64 hexadecimal digits";
            sink.push(wrong(sum.value, expected, sum.span, "write what the publisher says"));
        }
    }
}

/// What go-getter fetches by. A scheme before `::` chooses how, so any may come behind.
fn scheme(source: Spanned<&str>, sink: &mut Sink) {
    const SCHEMES: [&str; 8] = ["http", "https", "git", "hg", "s3", "gcs", "gs", "ssh"];
    let Some((scheme, rest)) = source.value.split_once("://").filter(|(scheme, _)| !scheme.contains([':', '$', '/']))
    else {
        return;
    };
    if let Some(near) = nearest(scheme, SCHEMES).filter(|_| !SCHEMES.contains(&scheme)) {
        let help = format!("write `{near}://{rest}`");
        sink.push(wrong(source.value, "a place that an artifact is fetched from", source.span, &help));
    }
}

fn is_checksum(text: &str) -> bool {
    let length = match text.split_once(':') {
        Some(("md5", _)) => 32,
        Some(("sha1", _)) => 40,
        Some(("sha256", _)) => 64,
        Some(("sha512", _)) => 128,
        _ => return false,
    };
    text.split_once(':').is_some_and(|(_, sum)| sum.len() == length && sum.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn mounts(group: &Body, task: &Body, sink: &mut Sink) {
    for mount in task.blocks("volume_mount") {
        if let Some(root) = mount.body.str("destination").filter(|it| it.value == "/") {
            let expected = "a folder below the root of the container";
            sink.push(wrong(root.value, expected, root.span, "write the folder that the program keeps its data in"));
        }
        let Some(name) = mount.body.str("volume") else { continue };
        if !group.blocks("volume").any(|volume| volume.label().is_some_and(|label| label.value == name.value)) {
            sink.push(wrong(
                name.value,
                "a `volume` of the group",
                name.span,
                "add `volume` to the group, or name another one",
            ));
        }
    }
}

fn identities(task: &Body, sink: &mut Sink) {
    let mut default = None;
    for block in task.blocks("identity") {
        let body = &block.body;
        let name = body.str("name").filter(|name| !name.value.is_empty());
        let text = name.map_or("default", |name| name.value);
        if text == "default" {
            match default {
                Some(first) => {
                    let diagnostic = wrong("identity", "a second one without a name", block.span, "add `name \"…\"`");
                    sink.push(diagnostic.also(first, "the first one"));
                }
                None => default = Some(block.span),
            }
            if let Some(ttl) = time(body, "ttl").filter(|ttl| ttl.value > 0) {
                let expected = "possible for an identity without a name";
                sink.push(wrong(&units::time(ttl.value), expected, ttl.span, "add `name \"…\"`, or leave `ttl` out"));
            }
        }
        if let Some(name) = name.filter(|name| !is_plain(name.value, true)) {
            sink.push(wrong(name.value, "up to 128 letters, digits, `_` and `-`", name.span, "rename it"));
        }
        for audience in body.strings("aud").filter(|audience| audience.value.is_empty()) {
            sink.push(wrong("", "an audience", audience.span, "leave it out, or write whom it is for"));
        }
        change(body, "noop", sink);
        let path = body.str("filepath").filter(|path| !path.value.is_empty());
        if let Some(path) = path.filter(|_| !body.bool("file").is_some_and(|file| file.value)) {
            sink.push(wrong(path.value, "possible without `file`", path.span, "add `file #true`"));
        }
    }
}

fn is_plain(text: &str, dash: bool) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || dash && b == b'-')
}

/// Reports what can't be in the secrets of a body; `vault` says whether its tasks have a token.
pub(super) fn secrets(task: &Body, vault: bool, sink: &mut Sink) {
    for block in task.blocks("secret") {
        if let Some(name) = block.label().filter(|name| !is_plain(name, false)) {
            sink.push(wrong(name, "up to 128 letters, digits and `_`", name.span, "rename it"));
        }
        filled(&block.body, "provider", "a provider of secrets", sink);
        filled(&block.body, "path", "a path", sink);
        let provider = block.body.str("provider").map_or("", |provider| provider.value);
        let own = matches!(provider, "nomad" | "vault");
        let refused = if own { "env" } else { "config" };
        let has = |block: &&Block| !block.body.attributes.is_empty() || !block.body.blocks.is_empty();
        if let Some(other) = block.body.block(refused).filter(has) {
            let expected = format!("for secrets of `{provider}`");
            sink.push(wrong(refused, &expected, other.span, &format!("leave `{refused}` out")));
        }
        if provider == "vault" && !vault {
            sink.push(wrong("vault", "possible without a `vault` block", block.span, "add `vault { … }` to the task"));
        }
    }
}

fn others(task: &Body, sink: &mut Sink) {
    if let Some(vault) = task.block("vault") {
        change(&vault.body, "restart", sink);
    }
    for plugin in task.blocks("csi_plugin") {
        filled(&plugin.body, "id", "the name of a plugin", sink);
    }
    for action in task.blocks("action") {
        filled(&action.body, "command", "a program", sink);
        let bad = |name: &str| {
            !(1..=128).contains(&name.len()) || name.contains(|c: char| c.is_ascii_whitespace() || c == '\0')
        };
        if let Some(name) = action.label().filter(|name| bad(name)) {
            sink.push(wrong(name, "up to 128 characters without blanks", name.span, "rename it"));
        }
    }
    if let Some(file) = task.block("dispatch_payload").and_then(|block| block.body.str("file")) {
        destination(file, "local", sink);
    }
}

/// Reports a text that is there and empty.
fn filled(body: &Body, name: &str, expected: &str, sink: &mut Sink) {
    if let Some(text) = body.str(name).filter(|text| text.value.is_empty()) {
        sink.push(wrong("", expected, text.span, &format!("fill `{name}` in")));
    }
}
