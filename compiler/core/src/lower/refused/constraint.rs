//! Constraints, affinities and spreads: operators with what they compare.

use super::{Job, wrong};
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Body};
use crate::source::Spanned;
use regex::Regex;
use std::sync::LazyLock;

/// Targets that Nomad can look up in a node, whole and by their start.
const TARGETS: [&str; 7] = [
    "${node.unique.id}",
    "${node.datacenter}",
    "${node.unique.name}",
    "${node.class}",
    "${node.pool}",
    "${attr.",
    "${meta.",
];

/// One part of a list of versions as hashicorp/go-version reads it.
static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(|=|!=|>|<|>=|<=|~>)\s*v?[0-9]+(\.[0-9]+)*",
        r"(-[0-9]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*|-?[A-Za-z\-~]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*)?",
        r"(\+[0-9A-Za-z\-~]+(\.[0-9A-Za-z\-~]+)*)?\s*$"
    ))
    .ok()
});

/// The same by the rules of Semver.
static SEMVER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(|=|!=|>|<|>=|<=)\s*v?[0-9]+(\.[0-9]+)*",
        r"(-[0-9]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*|-[A-Za-z\-~]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*)?",
        r"(\+[0-9A-Za-z\-~]+(\.[0-9A-Za-z\-~]+)*)?\s*$"
    ))
    .ok()
});

/// Reports what is wrong with the placement in these bodies, which are one level of a job.
pub(super) fn check(job: &Job<'_>, bodies: &[&Body], sink: &mut Sink) {
    for body in bodies {
        for block in body.blocks("constraint") {
            constraint(block, true, sink);
        }
        for name in ["affinity", "spread"] {
            if let Some(block) = body.block(name).filter(|_| job.kind == "system") {
                let expected = "for a job that runs once on every node";
                let diagnostic = wrong(name, expected, block.span, &format!("leave `{name}` out"));
                sink.push(diagnostic.also(job.kind_span(), "it does, by this type"));
            }
        }
        if job.kind != "system" {
            body.blocks("affinity").for_each(|block| affinity(block, sink));
            body.blocks("spread").for_each(|block| spread(block, sink));
        }
    }
}

/// Constraints and affinities that the devices of a task have, or the task itself.
pub(super) fn without_distinct(body: &Body, sink: &mut Sink) {
    for block in body.blocks("constraint") {
        constraint(block, false, sink);
    }
}

/// The same for affinities.
pub(super) fn affinity(block: &Block, sink: &mut Sink) {
    let said = Said::of(&block.body);
    compare(block, &said, sink);
    if said.attribute.is_none_or(|text| text.value.is_empty()) {
        sink.push(wrong("affinity", "enough: to what?", block.span, "add `attribute \"${node.class}\"`"));
    }
    if let Some(weight) = block.body.int("weight").filter(|weight| weight.value == 0) {
        sink.push(wrong("0", "a weight: it would change nothing", weight.span, "leave `weight` out for 50"));
    }
}

fn constraint(block: &Block, distinct: bool, sink: &mut Sink) {
    let said = Said::of(&block.body);
    if let (Some(hosts), Some(property)) = (block.body.attribute("distinct_hosts"), block.body.str("distinct_property"))
    {
        let diagnostic =
            wrong(property.value, "possible beside `distinct_hosts`", property.span, "write two constraints");
        sink.push(diagnostic.also(hosts.value.span, "one thing at a time"));
        return;
    }
    let count = || said.value.filter(|count| !count.value.is_empty());
    match said.operator {
        "distinct_hosts" | "distinct_property" if !distinct => {
            let expected = "for one task or its devices: a group is placed as a whole";
            sink.push(wrong(said.operator, expected, block.span, "put the constraint into the group"));
        }
        "distinct_property" => {
            if let Some(count) = count().filter(|count| !count.value.parse::<u64>().is_ok_and(|count| count > 0)) {
                sink.push(wrong(
                    count.value,
                    "a whole number from 1",
                    count.span,
                    "write how many may share one value",
                ));
            }
        }
        "is_set" | "is_not_set" => {
            if let Some(value) = count() {
                let expected = format!("needed by `{}`, which compares with nothing", said.operator);
                sink.push(wrong(value.value, &expected, value.span, "leave `value` out"));
            }
        }
        "distinct_hosts" => return,
        _ => compare(block, &said, sink),
    }
    if said.operator == "distinct_hosts" {
        return;
    }
    match said.attribute {
        None => {
            sink.push(wrong("constraint", "enough: on what?", block.span, "add `attribute \"${attr.kernel.name}\"`"))
        }
        Some(target) if target.value.is_empty() => {
            sink.push(wrong("", "an attribute of a node", target.span, "write one, such as `${attr.kernel.name}`"));
        }
        Some(target) if target.value.starts_with('$') && !is_target(target.value) => {
            let help = "attributes start with `${attr.`, `${meta.` or `${node.`";
            sink.push(wrong(target.value, "an attribute of a node", target.span, help));
        }
        Some(_) => {}
    }
}

fn is_target(text: &str) -> bool {
    let known = |target: &&str| if target.ends_with('}') { *target == text } else { text.starts_with(*target) };
    text.ends_with('}') && (TARGETS.iter().any(known) || text.starts_with("${device."))
}

fn compare(block: &Block, said: &Said<'_>, sink: &mut Sink) {
    let Some(value) = said.value.filter(|value| !value.value.is_empty() || is_pattern(said.operator)) else {
        if !matches!(said.operator, "regexp") {
            let what = format!("enough: `{}` compares with what?", said.operator);
            sink.push(wrong(&block.name, &what, block.span, "add `value \"…\"`"));
        }
        return;
    };
    let each = |pattern: &LazyLock<Option<Regex>>| {
        value.value.split(',').all(|part| pattern.as_ref().is_none_or(|pattern| pattern.is_match(part)))
    };
    let expected = match said.operator {
        "version" if !each(&VERSION) => "a condition on a version, such as `>= 1.2`",
        "semver" if !each(&SEMVER) => "a condition on a version by Semver, such as `>= 1.2.0`",
        "regexp" if Regex::new(value.value).is_err() => "a regular expression",
        _ => return,
    };
    sink.push(wrong(value.value, expected, value.span, "write what Nomad can compare with, or use another `operator`"));
}

fn is_pattern(operator: &str) -> bool {
    matches!(operator, "version" | "semver" | "regexp")
}

fn spread(block: &Block, sink: &mut Sink) {
    if let Some(text) = block.body.str("attribute").filter(|text| text.value.is_empty()) {
        sink.push(wrong("", "an attribute of a node", text.span, "write one, such as `${node.datacenter}`"));
    }
    let percents = block.body.blocks("target").filter_map(|target| target.body.int("percent"));
    let sum: i64 = percents.map(|percent| percent.value).sum();
    if sum > 100 {
        sink.push(wrong(
            &format!("{sum}"),
            "at most 100 percent in all",
            block.span,
            "lower `percent` of some `target`",
        ));
    }
}

/// What a block compares, however it says so.
struct Said<'b> {
    operator: &'b str,
    attribute: Option<Spanned<&'b str>>,
    value: Option<Spanned<&'b str>>,
}

impl<'b> Said<'b> {
    fn of(body: &'b Body) -> Self {
        let operator = body.str("operator").map_or("=", |operator| operator.value);
        let operator = if operator.is_empty() { "=" } else { operator };
        let mut said = Self { operator, attribute: body.str("attribute"), value: body.str("value") };
        let filled = |name: &str| body.str(name).filter(|text| !text.value.is_empty());
        for short in ["version", "semver", "regexp", "set_contains_any", "set_contains_all", "set_contains"] {
            if let Some(value) = filled(short) {
                (said.operator, said.value) = (short, Some(value));
            }
        }
        if body.attribute("distinct_hosts").is_some() {
            said.operator = "distinct_hosts";
        }
        if let Some(property) = filled("distinct_property") {
            (said.operator, said.attribute) = ("distinct_property", Some(property));
        }
        said
    }
}
