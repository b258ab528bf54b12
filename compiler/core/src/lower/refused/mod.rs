//! What Nomad would refuse in a whole job: blocks and values that don't go together. Values that are wrong by themselves are held by the
//! tables; the rules here are those of `Validate` in nomad/structs.

mod constraint;
mod docker;
mod gateway;
mod group;
mod service;
mod table;
mod task;
mod timing;

use super::value::{NEVER, is_cron, never_comes, shifted};
use super::zone::{is_zone, unknown_zone};
use crate::decode::codes::ignored_name::without_effect;
use crate::decode::units::nanoseconds;
use crate::diagnostic::{Diagnostic, Sink};
use crate::nomad::form::{Block, Body};
use crate::resolve::codes::bad_value;
use crate::source::{Span, Spanned};

/// Reports what Nomad would refuse in a job.
pub(super) fn check(job: &Block, sink: &mut Sink) {
    let kind = job.body.str("type").map_or("service", |kind| kind.value);
    hold_to_tables(job, sink);
    if sink.has_errors() {
        return;
    }
    let job = Job { body: &job.body, kind, span: job.span };
    constraint::check(&job, &[job.body], sink);
    if let Some(block) = job.body.block("multiregion") {
        sink.push(wrong("multiregion", "for a cluster without a licence", block.span, "leave `multiregion` out"));
    }
    found_by(&job, sink);
    task::secrets(job.body, true, sink);
    runs_at_times(&job, sink);
    dispatched(&job, sink);
    for group in job.body.blocks("group") {
        group::check(&job, group, sink);
    }
    payload(&job, sink);
    for task in job.body.blocks("task") {
        // A task of the job itself is a group of its own.
        let mut group = Block::new("group", task.span);
        group.body.blocks.push(task.clone());
        group::check(&job, &group, sink);
    }
}

/// Reports what the tables of Nomad's language don't allow in a job.
pub fn hold_to_tables(job: &Block, sink: &mut Sink) {
    if let Some(ty) = super::job::job_type() {
        table::check(job, ty, sink);
    }
}

/// What a job is found by is never empty.
fn found_by(job: &Job<'_>, sink: &mut Sink) {
    for name in ["region", "id", "name"] {
        if let Some(text) = job.body.str(name).filter(|text| text.value.is_empty()) {
            sink.push(wrong("", &format!("a {name} of a job"), text.span, &format!("leave `{name}` out")));
        }
    }
    for text in job.body.strings("datacenters").filter(|text| text.value.is_empty()) {
        sink.push(wrong("", "a datacenter", text.span, "leave it out"));
    }
}

/// A job, with what every rule asks about it.
#[derive(Clone, Copy)]
struct Job<'j> {
    body: &'j Body,
    /// Its type.
    kind: &'j str,
    span: Span,
}

impl Job<'_> {
    /// Whether it runs once on every node.
    fn is_everywhere(&self) -> bool {
        matches!(self.kind, "system" | "sysbatch")
    }

    /// Whether it ends by itself.
    fn ends(&self) -> bool {
        matches!(self.kind, "batch" | "sysbatch")
    }

    /// Where its type stands, or its name.
    fn kind_span(&self) -> Span {
        self.body.str("type").map_or(self.span, |kind| kind.span)
    }
}

fn runs_at_times(job: &Job<'_>, sink: &mut Sink) {
    let Some(block) = job.body.block("periodic") else { return };
    if block.body.bool("enabled").is_some_and(|enabled| !enabled.value) {
        return;
    }
    if !job.ends() {
        let expected = "for a job that doesn't end by itself";
        let diagnostic = wrong("periodic", expected, block.span, "add `type \"batch\"` to the job");
        sink.push(diagnostic.also(job.kind_span(), "this is the job"));
    }
    let one = block.body.str("cron");
    let mut times: Vec<_> = block.body.strings("crons").collect();
    if let (Some(one), Some(_)) = (one, times.first()) {
        sink.push(wrong(one.value, "needed beside `crons`", one.span, "leave `cron` out"));
    }
    times.extend(one);
    if times.is_empty() {
        sink.push(wrong("periodic", "enough: at which times?", block.span, "add `crons \"0 3 * * *\"`"));
    }
    for time in times {
        if is_cron(time.value) {
            if never_comes(time.value) {
                sink.push(wrong(time.value, NEVER, time.span, "name a day that the month has"));
            }
            shifted(time).into_iter().for_each(|diagnostic| sink.push(diagnostic));
            continue;
        }
        let help =
            "minute, hour, day, month, weekday: `0 3 * * *` is every night at three; or `@hourly`, `@daily`, `@weekly`";
        sink.push(wrong(time.value, "a time in cron's five fields", time.span, help));
    }
    if let Some(zone) = block.body.str("time_zone").filter(|zone| !zone.value.is_empty() && !is_zone(zone.value)) {
        sink.push(unknown_zone(zone));
    }
}

fn dispatched(job: &Job<'_>, sink: &mut Sink) {
    let Some(block) = job.body.block("parameterized") else { return };
    if !job.ends() {
        let expected = "for a job that doesn't end by itself";
        let diagnostic = wrong("parameterized", expected, block.span, "add `type \"batch\"` to the job");
        sink.push(diagnostic.also(job.kind_span(), "this is the job"));
    }
    for key in block.body.strings("meta_optional") {
        if let Some(other) = block.body.strings("meta_required").find(|other| other.value == key.value) {
            let diagnostic = wrong(key.value, "optional: it is required as well", key.span, "leave one of the two out");
            sink.push(diagnostic.also(other.span, "required here"));
        }
    }
}

/// A task gets the file of a payload only where whoever dispatches the job may hand one over.
fn payload(job: &Job<'_>, sink: &mut Sink) {
    let takes = job.body.block("parameterized").map(|block| block.body.str("payload"));
    let refuses = match takes {
        None => None,
        Some(Some(payload)) if payload.value == "forbidden" => Some(payload.span),
        Some(_) => return,
    };
    let tasks = job.body.blocks("group").flat_map(|group| group.body.blocks("task"));
    for block in tasks.filter_map(|task| task.body.block("dispatch_payload")) {
        let (beside, help) = match refuses {
            Some(_) => {
                ("in a job that takes no payload", "write `payload \"required\"`, or leave `dispatch_payload` out")
            }
            None => ("in a job that isn't dispatched", "add `parameterized { payload \"required\" }` to the job"),
        };
        let diagnostic = without_effect("dispatch_payload", beside, block.span).help(help);
        sink.push(match refuses {
            Some(payload) => diagnostic.also(payload, "this keeps payloads out"),
            None => diagnostic,
        });
    }
}

/// A value that Nomad refuses, what it isn't, and what to do.
fn wrong(found: &str, expected: &str, span: Span, help: &str) -> Diagnostic {
    let message = format!("`{}` is not {expected}", found.escape_debug());
    Diagnostic::new(&bad_value::CODE, message, span, format!("not {expected}")).help(help)
}

/// A time of a body in nanoseconds.
fn time(body: &Body, name: &str) -> Option<Spanned<i64>> {
    let text = body.str(name)?;
    nanoseconds(text.value).ok().map(|time| Spanned::new(time, text.span))
}
