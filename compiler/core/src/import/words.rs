//! The words of a `service` that say what a job says: what they don't say, Nomad's own words have to.

use super::task_words;
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::resolve::NameKind;
use crate::source::{Span, Spanned};

/// How much of a job is said in our own words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Level {
    /// All that there is a word for.
    All,
    /// Not the registrations for discovery.
    Unregistered,
    /// Only what no job is without.
    Few,
}

/// What the lab says for all of its services.
#[derive(Clone, Debug, Default)]
pub(super) struct House {
    /// Its datacenter.
    pub(super) datacenter: String,
    /// Whether services are registered in Nomad itself.
    pub(super) nomad_discovery: bool,
    /// Whether jobs name no datacenter.
    pub(super) no_datacenters: bool,
}

/// A job that one `service` can be, taken apart.
pub(super) struct Parts<'j> {
    pub(super) job: &'j Block,
    pub(super) group: &'j Block,
    /// The tasks that start before the main one.
    pub(super) before: Vec<&'j Block>,
    pub(super) main: &'j Block,
    /// The others.
    pub(super) others: Vec<&'j Block>,
}

impl<'j> Parts<'j> {
    /// Takes a job apart, if it is one that a `service` can be.
    pub(super) fn of(job: &'j Block) -> Option<Self> {
        let name = job.label()?;
        let mut groups = job.body.blocks("group");
        let group = groups.next()?;
        if groups.next().is_some() || job.body.block("task").is_some() || !NameKind::Label.fits(name) {
            return None;
        }
        let tasks: Vec<&Block> = group.body.blocks("task").collect();
        let at = tasks.iter().position(|task| task.body.block("lifecycle").is_none())?;
        let before = tasks[..at].to_vec();
        if !before.iter().all(|task| hook(task) == Some("prestart")) {
            return None;
        }
        Some(Self { job, group, before, main: tasks[at], others: tasks[at + 1..].to_vec() })
    }

    /// All tasks, in the order that they are generated in.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &'j Block> {
        self.before.iter().copied().chain([self.main]).chain(self.others.iter().copied())
    }
}

fn hook(task: &Block) -> Option<&str> {
    Some(task.body.block("lifecycle")?.body.str("hook")?.value)
}

/// The service in our words.
pub(super) fn service(parts: &Parts<'_>, house: &House, level: Level) -> Block {
    let (job, group) = (&parts.job.body, &parts.group.body);
    let mut service =
        Block { name: "service".into(), labels: parts.job.labels.clone(), ..Block::new("service", parts.job.span) };
    let body = &mut service.body;
    of_the_job(parts, house, body);
    if !is_everywhere(job) {
        copy(group, body, "count", "count");
    }
    copy(group, body, "shutdown_delay", "shutdown-delay");
    let name = parts.job.label().map(|name| name.value.as_str());
    for (word, block) in [("group", parts.group), ("main-task", parts.main)] {
        if let Some(label) = block.label().filter(|label| Some(label.value.as_str()) != name) {
            set(body, word, Value::str(label.value.clone(), label.span), block.span);
        }
    }
    placement(job, body, level);
    let network = group.block("network");
    if let Some(mode) =
        network.and_then(|network| network.body.str("mode")).filter(|mode| matches!(mode.value, "bridge" | "none"))
    {
        set(body, "network", Value::str(mode.value, mode.span), mode.span);
    } else if parts.tasks().all(task_words::is_on_the_host) {
        set(body, "network", Value::str("host", parts.main.span), parts.main.span);
    }
    super::port_words::ports(parts, house, level, body);
    task_words::task(parts.main, parts, level, body);
    for (task, is_before) in
        parts.before.iter().map(|task| (task, true)).chain(parts.others.iter().map(|task| (task, false)))
    {
        let sidecar = task.body.block("lifecycle").and_then(|it| it.body.bool("sidecar")).is_some_and(|it| it.value);
        let word = match (is_before, sidecar) {
            (true, true) => "sidecar",
            (true, false) => "init",
            (false, _) => "task",
        };
        let mut block = Block { name: word.into(), labels: task.labels.clone(), ..Block::new(word, task.span) };
        task_words::task(task, parts, level, &mut block.body);
        body.blocks.push(block);
    }
    service
}

fn of_the_job(parts: &Parts<'_>, house: &House, body: &mut Body) {
    let job = &parts.job.body;
    let periodic = job.block("periodic").and_then(periodic);
    let is_made = periodic.is_some() && job.str("type").is_some_and(|kind| kind.value == "batch");
    if !is_made {
        copy(job, body, "type", "type");
    }
    body.blocks.extend(periodic);
    for word in ["namespace", "priority"] {
        copy(job, body, word, word);
    }
    let given = job.attribute("datacenters");
    let span = parts.job.span;
    match given {
        Some(given) if is_only(&given.value, &house.datacenter) && !house.no_datacenters => {}
        Some(given) => body.attributes.push(given.clone()),
        None if house.no_datacenters => {}
        None => set(body, "datacenters", Value { kind: ValueKind::Null, span }, span),
    }
}

fn is_only(value: &Value, text: &str) -> bool {
    matches!(&value.kind, ValueKind::List(list) if matches!(list.as_slice(), [Value { kind: ValueKind::Str(only), .. }] if only == text))
}

fn periodic(block: &Block) -> Option<Block> {
    let ValueKind::List(crons) = &block.body.attribute("crons")?.value.kind else { return None };
    let [Value { kind: ValueKind::Str(cron), span }] = crons.as_slice() else { return None };
    let mut word = Block::labelled("periodic", Spanned::new(cron.clone(), *span), block.span);
    copy(&block.body, &mut word.body, "time_zone", "time-zone");
    copy(&block.body, &mut word.body, "prohibit_overlap", "prohibit-overlap");
    Some(word)
}

/// The node properties that manifests place by.
const PROPERTIES: [(&str, &str); 3] =
    [("${attr.cpu.arch}", "arch"), ("${node.class}", "class"), ("${node.unique.name}", "node")];

fn property(block: &Block) -> Option<&'static str> {
    let attribute = block.body.str("attribute")?;
    PROPERTIES.iter().find(|(theirs, _)| *theirs == attribute.value).map(|(_, ours)| *ours)
}

fn has_only(body: &Body, names: &[&str]) -> bool {
    body.blocks.is_empty() && body.attributes.iter().all(|attribute| names.contains(&&*attribute.name))
}

/// Where it runs. Words come in an order of their own, so that each kind is said as long as it keeps that.
fn placement(job: &Body, body: &mut Body, level: Level) {
    if level == Level::Few {
        return;
    }
    let mut constraints = job.blocks("constraint").peekable();
    while let Some(word) = constraints.peek().and_then(|block| on(block)) {
        body.blocks.push(word);
        constraints.next();
    }
    while let Some(block) = constraints.next_if(|block| is_plain_constraint(block)) {
        body.blocks.push(block.clone());
    }
    let is_distinct = |block: &Block| {
        has_only(&block.body, &["operator", "value"])
            && block.body.str("operator").is_some_and(|it| it.value == "distinct_hosts")
            && block.body.str("value").is_some_and(|it| it.value == "true")
    };
    if let Some(block) = constraints.next_if(|block| is_distinct(block)) {
        set(body, "distinct-hosts", Value::bool(true, block.span), block.span);
    }
    let prefers = job.blocks("affinity").map_while(|block| {
        let ours = property(block).filter(|_| has_only(&block.body, &["attribute", "value", "weight"]))?;
        let mut word = Block::new("prefer", block.span);
        word.body.attributes.push(Attribute { name: ours.into(), ..block.body.attribute("value")?.clone() });
        copy(&block.body, &mut word.body, "weight", "weight");
        Some(word)
    });
    let spreads = job.blocks("spread").map_while(|block| {
        let ours = property(block).filter(|_| has_only(&block.body, &["attribute", "weight"]))?;
        let mut word = Block::new("spread", block.span);
        word.body.set("over", Value::str(ours, block.span));
        copy(&block.body, &mut word.body, "weight", "weight");
        Some(word)
    });
    if !is_everywhere(job) {
        body.blocks.extend(prefers.chain(spreads));
    }
}

/// Whether a job runs once on every node: then no word says how many there are, or where they had better run.
fn is_everywhere(job: &Body) -> bool {
    job.str("type").is_some_and(|kind| matches!(kind.value, "system" | "sysbatch"))
}

fn on(block: &Block) -> Option<Block> {
    let ours = property(block).filter(|_| has_only(&block.body, &["attribute", "operator", "value"]))?;
    let value = block.body.str("value")?;
    let values: Vec<&str> = match block.body.str("operator").map(|operator| operator.value) {
        None | Some("=") => vec![value.value],
        Some("set_contains_any") if value.contains(',') => value.value.split(',').collect(),
        _ => return None,
    };
    if values.iter().any(|value| value.is_empty() || value.trim() != *value || value.contains("${")) {
        return None;
    }
    let mut word = Block::new("on", block.span);
    set(&mut word.body, ours, Value::strings(values, value.span), block.span);
    Some(word)
}

/// Whether a constraint is as the word `constraint` has it. One that a short form says better isn't.
fn is_plain_constraint(block: &Block) -> bool {
    let distinct = block.body.str("operator").is_some_and(|it| it.value == "distinct_hosts");
    !distinct && has_only(&block.body, &["attribute", "operator", "value"])
}

/// Copies an attribute under our name for it.
pub(super) fn copy(from: &Body, to: &mut Body, theirs: &str, ours: &'static str) {
    if let Some(attribute) = from.attribute(theirs) {
        to.attributes.push(Attribute { name: ours.into(), ..attribute.clone() });
    }
}

/// Sets an attribute that comes from a place.
pub(super) fn set(body: &mut Body, name: &'static str, value: Value, name_span: Span) {
    body.attributes.push(Attribute { name: name.into(), name_span, value });
}
