//! What a service says that Nomad would refuse once the job is registered: values that don't go together, and times and sizes below its
//! least. Values that are wrong by themselves are in `value`.

use super::value::is_signal;
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::codes::ignored_name::without_effect;
use crate::decode::units::{nanoseconds, size};
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Body};
use crate::resolve::codes::bad_value::bad_value;
use crate::resolve::{Expanded, bodies, tasks};
use crate::source::Spanned;

/// Least memory of a task, in bytes (nomad/structs, `Resources.Validate`: 10 MB).
const LEAST_MEMORY: i64 = 10 << 20;

/// Reports what a service says that can't be.
pub(super) fn check(expanded: &Expanded, sink: &mut Sink) {
    let body = &expanded.body;
    kind(body, sink);
    names(expanded, sink);
    bodies(body).for_each(|body| task(body, sink));
}

/// `periodic` starts what ends.
fn kind(body: &Body, sink: &mut Sink) {
    let kind = body.str("type");
    let periodic = body.block("periodic");
    if let (Some(kind), Some(periodic)) = (kind, periodic)
        && !matches!(kind.value, "batch" | "sysbatch")
    {
        let diagnostic = bad_value(kind.value, "a type that ends, as one that runs at times has to", kind.span)
            .also(periodic.span, "it runs at times");
        sink.push(diagnostic.help("leave `type` out: it becomes `batch`"));
    }
}

/// Tasks of a group have names of their own.
fn names(expanded: &Expanded, sink: &mut Sink) {
    let main = expanded.body.str("main-task").unwrap_or(Spanned::new(expanded.name.as_str(), expanded.name.span));
    let others = || tasks(&expanded.body).filter_map(Block::label);
    let names = || std::iter::once(main).chain(others().map(|name| Spanned::new(name.as_str(), name.span)));
    for (at, name) in names().enumerate() {
        if let Some(first) = names().take(at).find(|known| known.value == name.value) {
            sink.push(defined_twice(&format!("task `{}`", name.value), name.span, first.span));
        } else if name.value == "alloc" {
            // It is the name of the folder that the tasks of a group share.
            let diagnostic = bad_value(name.value, "a name that a task can have: Nomad keeps it for itself", name.span);
            sink.push(diagnostic.help("give it another name"));
        }
    }
}

fn task(body: &Body, sink: &mut Sink) {
    let memory = body.block("resources").and_then(|resources| resources.body.int("memory"));
    if let Some(memory) = memory.filter(|memory| memory.value < LEAST_MEMORY) {
        let diagnostic = bad_value(&size(memory.value), "enough for a task", memory.span);
        sink.push(diagnostic.help("Nomad gives a task `\"10MiB\"` at least"));
    }
    time(body.str("kill-timeout"), 0, "a time from 0 upwards", sink);
    for check in body.blocks("check") {
        for name in ["interval", "timeout"] {
            time(check.body.str(name), 1_000_000_000, "a time of one second or more", sink);
        }
        time(check.body.str("grace"), 0, "a time from 0 upwards", sink);
        let kind = check.label().map_or("", |kind| kind.as_str());
        idle_words(kind, &check.body, sink);
    }
    let command = body.str("command").filter(|command| command.value.starts_with('/'));
    for file in body.blocks.iter().filter(|block| matches!(&*block.name, "file" | "template" | "generated")) {
        command.into_iter().for_each(|command| runs(file, command, sink));
        if let Some(mode) = file.body.str("mode").filter(|mode| !is_mode(mode.value)) {
            let diagnostic = bad_value(mode.value, "a mode in octal, such as `644`", mode.span);
            sink.push(diagnostic.help("write three digits from 0 to 7: of the owner, the group, and all others"));
        }
        signal(file, sink);
    }
}

/// Reports words of a check that checks of its type don't read.
pub(super) fn idle_words(kind: &str, check: &Body, sink: &mut Sink) {
    let read_as = if kind == "https" { "http" } else { kind };
    if !matches!(read_as, "http" | "tcp" | "grpc" | "script") {
        return;
    }
    let attributes = check.attributes.iter().map(|attribute| (&*attribute.name, attribute.name_span));
    for (name, span) in attributes.chain(check.blocks("header").map(|header| ("header", header.span))) {
        let of: &[&str] = match name {
            "path" | "method" | "protocol" | "header" | "body" => &["http"],
            "command" | "args" => &["script"],
            "grpc_service" | "grpc_use_tls" => &["grpc"],
            "tls_skip_verify" | "tls_server_name" => &["http", "grpc"],
            _ => continue,
        };
        if !of.contains(&read_as) {
            let diagnostic = without_effect(name, &format!("in a check of type `{kind}`"), span);
            let types: Vec<String> = of.iter().map(|kind| format!("`{kind}`")).collect();
            sink.push(diagnostic.help(format!("leave it out, or make it a check of type {}", types.join(" or "))));
        }
    }
}

/// A file that is the program has to be one that may be run.
fn runs(file: &Block, command: Spanned<&str>, sink: &mut Sink) {
    let mode = file.body.str("mode");
    let Some(target) = file.body.str("to").filter(|target| target.value == command.value) else { return };
    // The last digits, of which one says that somebody may run it.
    let may_run = mode.is_some_and(|mode| mode.value.bytes().rev().take(3).any(|digit| digit & 1 == 1));
    if !may_run {
        let (found, place) = mode.map_or(("644", target.span), |mode| (mode.value, mode.span));
        let diagnostic = bad_value(found, "a mode of a program", place).also(command.span, "it is run");
        let name = &file.name;
        sink.push(diagnostic.help(match &**name {
            "generated" => "run a shell, and give it the file as its argument".to_owned(),
            _ => format!("add `mode=\"755\"` to the `{name}`"),
        }));
    }
}

/// A change that is told by a signal needs one, and a file whose folder can be mounted.
fn signal(file: &Block, sink: &mut Sink) {
    let signal = file.body.str("signal");
    if let Some(signal) = signal.filter(|signal| !is_signal(signal.value)) {
        sink.push(bad_value(signal.value, "a signal, such as `SIGHUP`", signal.span).help("write its whole name"));
    }
    let Some(change) = file.body.str("change").filter(|change| change.value != "restart") else { return };
    if change.value == "signal" && signal.is_none() {
        let diagnostic = bad_value("signal", "enough: which one?", change.span);
        sink.push(diagnostic.help("add `signal=\"SIGHUP\"`, or what the program reads its files again on"));
    }
    if let Some(target) = file.body.str("to").filter(|target| target.value.rfind('/') == Some(0)) {
        let diagnostic = bad_value(target.value, "a file in a folder, which would be mounted as a whole", target.span);
        let diagnostic = diagnostic.also(change.span, "the container is to see the change while it runs");
        sink.push(diagnostic.help("put it into a folder of its own, or leave `change` out"));
    }
}

fn time(text: Option<Spanned<&str>>, least: i64, expected: &str, sink: &mut Sink) {
    if let Some(text) = text.filter(|text| nanoseconds(text.value).is_ok_and(|time| time < least)) {
        sink.push(bad_value(text.value, expected, text.span).help("leave it out for the default"));
    }
}

fn is_mode(text: &str) -> bool {
    (3..=4).contains(&text.len()) && text.bytes().all(|b| (b'0'..=b'7').contains(&b))
}
