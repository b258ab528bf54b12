//! How a group is updated, moved, restarted and placed anew: times and numbers that have to go together. What isn't said is what Nomad
//! takes for it.

use super::{Job, time, wrong};
use crate::decode::units;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Body};
use crate::source::{Span, Spanned};

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A value as it is said, or what Nomad takes where nothing is said.
fn or(said: Option<Spanned<i64>>, default: i64, block: Span) -> Spanned<i64> {
    said.unwrap_or(Spanned::new(default, block))
}

/// The blocks of a name that hold for a group, the job's first.
fn blocks<'b>(job: &Job<'b>, group: &'b Body, name: &str) -> impl Iterator<Item = &'b Block> + use<'b> {
    job.body.block(name).into_iter().chain(group.block(name))
}

/// Times of one block, looked up from the innermost outwards.
struct Times<'b> {
    blocks: Vec<&'b Block>,
    span: Span,
}

impl<'b> Times<'b> {
    fn of(blocks: impl Iterator<Item = &'b Block>) -> Option<Self> {
        let blocks: Vec<&Block> = blocks.collect();
        let span = blocks.last()?.span;
        Some(Self { blocks, span })
    }

    /// What the innermost block says that says it.
    fn nearest<T>(&self, get: impl Fn(&'b Body) -> Option<T>) -> Option<T> {
        self.blocks.iter().rev().find_map(|block| get(&block.body))
    }

    fn time(&self, name: &str, default: i64) -> Spanned<i64> {
        or(self.nearest(|body| time(body, name)), default, self.span)
    }

    fn int(&self, name: &str, default: i64) -> Spanned<i64> {
        or(self.nearest(|body| body.int(name)), default, self.span)
    }

    fn bool(&self, name: &str) -> Option<Spanned<bool>> {
        self.nearest(|body| body.bool(name))
    }

    fn str(&self, name: &str) -> Option<Spanned<&'b str>> {
        self.nearest(|body| body.str(name))
    }
}

/// Reports what can't be in the policies of a group.
pub(super) fn check(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    not_for_this_type(job, group, sink);
    if !job.ends() {
        update(job, group, sink);
    }
    if job.kind == "service" {
        migrate(job, group, sink);
    }
    if !job.is_everywhere() {
        reschedule(job, group, sink);
    }
}

fn not_for_this_type(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let rules = [("update", job.ends()), ("migrate", job.kind != "service"), ("reschedule", job.is_everywhere())];
    for (name, _) in rules.into_iter().filter(|(_, refused)| *refused) {
        for block in blocks(job, group, name) {
            let expected = format!("for a job of type `{}`", job.kind);
            let diagnostic = wrong(name, &expected, block.span, &format!("leave `{name}` out"));
            sink.push(diagnostic.also(job.kind_span(), "this is the job"));
        }
    }
}

/// Reports a time that has to be less than another one, and isn't.
fn in_order(less: (&str, Spanned<i64>), more: (&str, Spanned<i64>), or_same: bool, sink: &mut Sink) {
    let ((less, small), (more, large)) = (less, more);
    if small.value < large.value || or_same && small.value == large.value {
        return;
    }
    let expected = format!("less than `{more}`, which is `{}`", units::time(large.value));
    let help = format!("lower `{less}`, or raise `{more}`");
    sink.push(wrong(&units::time(small.value), &expected, small.span, &help));
}

/// How long a deployment may go without progress, where updates of a group are watched.
pub(super) fn progress_deadline(job: &Job<'_>, group: &Body) -> Option<i64> {
    let times = Times::of(blocks(job, group, "update"));
    Some(times.map_or(10 * MINUTE, |times| times.time("progress_deadline", 10 * MINUTE).value)).filter(|time| *time > 0)
}

fn update(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let Some(times) = Times::of(blocks(job, group, "update")) else { return };
    // Only the job says that there is no deployment at all.
    let healthy = times.time("min_healthy_time", 10 * SECOND);
    let deadline = times.time("healthy_deadline", 5 * MINUTE);
    let progress = times.time("progress_deadline", 10 * MINUTE);
    in_order(("min_healthy_time", healthy), ("healthy_deadline", deadline), false, sink);
    if progress.value != 0 {
        in_order(("healthy_deadline", deadline), ("progress_deadline", progress), false, sink);
    }
    if let Some(promote) = times.bool("auto_promote").filter(|promote| promote.value)
        && times.int("canary", 0).value == 0
    {
        let expected = "possible for `auto_promote` without a `canary`";
        sink.push(wrong("true", expected, promote.span, "add `canary 1`, or leave `auto_promote` out"));
    }
}

fn migrate(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let Some(times) = Times::of(blocks(job, group, "migrate")) else { return };
    let healthy = times.time("min_healthy_time", 10 * SECOND);
    let deadline = times.time("healthy_deadline", 5 * MINUTE);
    in_order(("min_healthy_time", healthy), ("healthy_deadline", deadline), true, sink);
}

/// What Nomad takes for `restart` where nothing is said: interval, delay, attempts.
fn restart_defaults(job: &Job<'_>) -> (i64, i64, i64) {
    if job.ends() { (24 * HOUR, 15 * SECOND, 3) } else { (30 * MINUTE, 15 * SECOND, 2) }
}

/// Reports a group's restart policy that can't be kept. Nomad takes any of a task: `TaskGroup.Validate` looks at the group's alone.
pub(super) fn restart(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let Some(times) = Times::of(group.block("restart").into_iter()) else { return };
    let (interval, delay, attempts) = restart_defaults(job);
    let (interval, delay) = (times.time("interval", interval), times.time("delay", delay));
    let attempts = times.int("attempts", attempts);
    if attempts.value == 0
        && let Some(mode) = times.str("mode").filter(|mode| mode.value != "fail")
    {
        let diagnostic =
            wrong(mode.value, "possible without attempts", mode.span, "write `mode \"fail\"`, or raise `attempts`");
        sink.push(diagnostic.also(attempts.span, "none"));
    }
    if i128::from(attempts.value) * i128::from(delay.value) > i128::from(interval.value) {
        let expected = format!("enough for {} attempts with a delay of `{}`", attempts.value, units::time(delay.value));
        let help = "raise `interval`, or lower `attempts` or `delay`";
        sink.push(wrong(&units::time(interval.value), &expected, interval.span, help));
    }
}

fn reschedule(job: &Job<'_>, group: &Body, sink: &mut Sink) {
    let Some(times) = Times::of(blocks(job, group, "reschedule")) else { return };
    let ends = job.ends();
    let attempts = times.int("attempts", i64::from(ends));
    let unlimited = times.bool("unlimited").unwrap_or(Spanned::new(!ends, times.span));
    if attempts.value <= 0 && !unlimited.value {
        return;
    }
    let interval = times.time("interval", if ends { 24 * HOUR } else { 0 });
    let delay = times.time("delay", if ends { 5 * SECOND } else { 30 * SECOND });
    let function = times.str("delay_function").map_or(if ends { "constant" } else { "exponential" }, |it| it.value);
    let most = times.time("max_delay", if ends { 0 } else { HOUR });
    if attempts.value > 0 && unlimited.value {
        let expected = "possible together with `unlimited`";
        let diagnostic = wrong(&attempts.value.to_string(), expected, attempts.span, "add `unlimited #false`");
        sink.push(diagnostic.also(unlimited.span, "attempts without end"));
    } else if attempts.value > 0 && interval.value <= 0 {
        let help = "add `interval \"1h\"`";
        sink.push(wrong(&units::time(interval.value), "a time in which to count `attempts`", interval.span, help));
    }
    let found = sink.found();
    at_least("delay", delay, 5 * SECOND, sink);
    if function != "constant" {
        at_least("max_delay", most, 5 * SECOND, sink);
        if sink.found() == found {
            in_order(("delay", delay), ("max_delay", most), true, sink);
        }
    }
    if !unlimited.value {
        at_least("interval", interval, 15 * SECOND, sink);
        if sink.found() == found {
            fits(attempts, interval, delay, function, most, sink);
        }
    }
}

fn at_least(name: &str, time: Spanned<i64>, least: i64, sink: &mut Sink) {
    if time.value < least {
        let expected = format!("a `{name}` of `{}` or more", units::time(least));
        sink.push(wrong(&units::time(time.value), &expected, time.span, &format!("raise `{name}`")));
    }
}

/// Reports an interval in which not so many attempts have room.
fn fits(
    attempts: Spanned<i64>,
    interval: Spanned<i64>,
    delay: Spanned<i64>,
    function: &str,
    most: Spanned<i64>,
    sink: &mut Sink,
) {
    if i128::from(interval.value) >= needed(attempts.value, i128::from(delay.value), function, i128::from(most.value)) {
        return;
    }
    let expected = format!("enough for {} attempts with this delay", attempts.value);
    let diagnostic =
        wrong(&units::time(interval.value), &expected, interval.span, "raise `interval`, or lower `attempts`");
    sink.push(diagnostic.also(delay.span, "the first delay"));
}

/// The least interval for so many attempts.
fn needed(attempts: i64, delay: i128, function: &str, most: i128) -> i128 {
    if function == "constant" {
        return i128::from(attempts) * delay;
    }
    let (mut sum, mut before, mut next) = (0, 0, delay);
    // Once the longest delay is reached, each further attempt takes as long.
    let mut left = attempts;
    if function == "exponential" {
        while left > 0 && next <= most {
            (sum, next, left) = (next, next * 2, left - 1);
        }
        // Nomad wants the last one to be over before the interval is.
        return sum + most * i128::from(left) + 1;
    }
    left = (attempts - 2).max(0);
    before += delay;
    while left > 0 && before + next <= most {
        (before, next, left) = (next, before + next, left - 1);
    }
    if left > 0 {
        next = most + most * i128::from(left - 1);
    }
    next
}
