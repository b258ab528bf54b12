//! `no-room`: services that ask for more than the nodes have that can run them.

use crate::analyze::room::{Answer, Ask, Kind, Plan, Proof, UNKNOWN, asks, down, has};
use crate::analyze::{Analysis, GroupFacts};
use crate::diagnostic::{Code, Diagnostic, Sink, code};
use crate::model::{Lab, Node};
use crate::source::Span;

code!(Error, "no-room", "no_room.md", "services ask for more than the nodes have that can run them");

/// So many messages at most: behind a few, the others say the same again.
const MOST: usize = 20;

/// So many places in one message at most, of services and of nodes.
const PLACES: usize = 6;

/// Reports what is proven not to fit, each competition by itself.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut plan = Plan::new(analysis, &down(analysis.lab, &[]), |_| true);
    for (node, kind) in std::mem::take(&mut plan.overfull) {
        sink.push(overfull(analysis, &plan.kinds[kind], node));
        plan.left[node][kind] = UNKNOWN;
    }
    for proof in plan.never() {
        sink.push(no_room(&CODE, "", analysis, &plan, &proof));
    }
    for _ in 0..MOST {
        let Answer::Impossible(proof) = plan.answer() else { break };
        sink.push(no_room(&CODE, "", analysis, &plan, &proof));
        plan.asks.retain(|ask| !proof.groups.contains(&ask.group));
    }
}

/// System jobs run on every node that they can, whatever else is there.
fn overfull(analysis: &Analysis<'_>, kind: &Kind, at: usize) -> Diagnostic {
    let node = &analysis.lab.nodes[at];
    let here = analysis.nodes[at].groups.iter().map(|group| &analysis.groups[*group]);
    let system: Vec<&GroupFacts<'_>> =
        here.filter(|facts| facts.service.kind == "system" && asks(facts.group, kind) > 0).collect();
    let services: Vec<String> = system.iter().map(|facts| format!("`{}`", facts.service.name.value)).collect();
    let sum: u64 = system.iter().map(|facts| asks(facts.group, kind)).fold(0, u64::saturating_add);
    let verb = if services.len() == 1 { "runs" } else { "run" };
    let verb_ask = if services.len() == 1 { "asks" } else { "ask together" };
    let message = format!(
        "{} {verb} on every node and {verb_ask} for {} of {kind}, and `{}` has {}",
        list(&services),
        kind.amount(sum),
        node.name.value,
        kind.amount(has(node, kind))
    );
    let largest = system.iter().max_by_key(|facts| asks(facts.group, kind)).copied();
    let span = largest.map_or(node.name.span, |facts| asked_at(facts, kind));
    let amount = largest.map_or(0, |facts| asks(facts.group, kind));
    let mut diagnostic = Diagnostic::new(&CODE, message, span, format!("{} of it", kind.amount(amount)));
    for facts in system.iter().filter(|facts| largest.is_none_or(|largest| !std::ptr::eq(largest, **facts))) {
        diagnostic = diagnostic.also(asked_at(facts, kind), kind.amount(asks(facts.group, kind)));
    }
    diagnostic
        .also(has_at(node, kind), format!("{} for services", kind.amount(has(node, kind))))
        .note(numbers(node, kind, None))
        .help(format!("lower what they ask for, or keep one of them from `{}` with `on`", node.name.value))
}

/// What is proven: one group that fits nowhere, or several that don't fit together. `when` starts the message.
pub(super) fn no_room(
    code: &'static Code,
    when: &str,
    analysis: &Analysis<'_>,
    plan: &Plan,
    proof: &Proof,
) -> Diagnostic {
    let (lab, kinds) = (analysis.lab, kinds(plan, proof));
    let ask_of = |group: usize| plan.asks.iter().chain(&plan.waiting).find(|ask| ask.group == group);
    let mut parties: Vec<(&GroupFacts<'_>, &Ask)> =
        proof.groups.iter().filter_map(|group| Some((&analysis.groups[*group], ask_of(*group)?))).collect();
    let weight = |ask: &Ask| ask.amounts[kinds[0]];
    parties.sort_by_key(|(facts, ask)| (std::cmp::Reverse(weight(ask)), facts.service.name.span));
    let nodes: Vec<&Node> = proof.nodes.iter().map(|node| &lab.nodes[*node]).collect();
    let message = message(plan, proof, &parties, &nodes);
    let (mut spans, kind) = (Vec::new(), &plan.kinds[kinds[0]]);
    for (facts, ask) in &parties {
        let times = if ask.count > 1 { format!("{} × ", ask.count) } else { String::new() };
        let asked: Vec<String> = kinds.iter().map(|kind| asked(&plan.kinds[*kind], ask.amounts[*kind])).collect();
        spans.push((asked_at(facts, kind), format!("`{}`: {times}{}", facts.service.name.value, asked.join(", "))));
    }
    let mut spans = spans.into_iter();
    let (span, label) = spans.next().unwrap_or((lab.name.span, String::new()));
    let mut diagnostic = Diagnostic::new(code, format!("{when}{message}"), span, label);
    for (span, label) in spans.take(PLACES) {
        diagnostic = diagnostic.also(span, label);
    }
    for (at, node) in proof.nodes.iter().zip(&nodes).take(PLACES) {
        for kind in &kinds {
            diagnostic = diagnostic.note(numbers(node, &plan.kinds[*kind], Some(plan.left[*at][*kind])));
        }
    }
    if let [node] = nodes.as_slice() {
        diagnostic = diagnostic.also(has_at(node, kind), format!("`{}` has this", node.name.value));
    }
    diagnostic.help(help(lab, plan, proof, &parties))
}

/// The kinds that a proof is about: one, or all that any of the groups takes a good part of.
fn kinds(plan: &Plan, proof: &Proof) -> Vec<usize> {
    if let Some(kind) = proof.kind {
        return vec![kind];
    }
    let largest = |kind: usize| proof.nodes.iter().map(|node| plan.left[*node][kind]).max().unwrap_or(UNKNOWN);
    let of = |kind: usize| {
        plan.asks.iter().filter(|ask| proof.groups.contains(&ask.group)).map(move |ask| ask.amounts[kind])
    };
    let tight = |kind: &usize| {
        let most = largest(*kind);
        most != UNKNOWN && of(*kind).max().unwrap_or_default() > most / 4
    };
    let kinds: Vec<usize> = (0..plan.kinds.len()).filter(tight).collect();
    if kinds.is_empty() { vec![1] } else { kinds }
}

fn message(plan: &Plan, proof: &Proof, parties: &[(&GroupFacts<'_>, &Ask)], nodes: &[&Node]) -> String {
    let services: Vec<String> = parties.iter().map(|(facts, _)| format!("`{}`", facts.service.name.value)).collect();
    let named: Vec<String> = nodes.iter().map(|node| format!("`{}`", node.name.value)).collect();
    let (who, on) = (list(&services), list(&named));
    let only = if nodes.len() == 1 { "the only node that can run" } else { "the only nodes that can run" };
    let them = if services.len() == 1 { "it" } else { "them" };
    let Some(at) = proof.kind else {
        let all = if services.len() == 1 { "all instances of " } else { "" };
        return format!("there is no way to place {all}{who} on {on}, {only} {them}");
    };
    let kind = &plan.kinds[at];
    let sum = |ask: &Ask| ask.amounts[at].saturating_mul(ask.count as u64);
    if let [(_, ask)] = parties
        && (ask.count == 1 || nodes.iter().zip(&proof.nodes).all(|(_, node)| ask.amounts[at] > plan.left[*node][at]))
    {
        let most = proof.nodes.iter().map(|node| plan.left[*node][at]).max().unwrap_or_default();
        let has = if nodes.len() == 1 { "has" } else { "have at most" };
        return format!(
            "{who} asks for {}, and {on}, {only} it, {has} {}",
            asked(kind, ask.amounts[at]),
            kind.amount(most)
        );
    }
    let total = parties.iter().map(|(_, ask)| sum(ask)).fold(0, u64::saturating_add);
    let there = proof.nodes.iter().map(|node| plan.left[*node][at]).fold(0, u64::saturating_add);
    let verb = if services.len() == 1 { "asks" } else { "ask" };
    let has = if nodes.len() == 1 { "has" } else { "have" };
    format!("{who} {verb} for {} in all, and {on}, {only} {them}, {has} {}", asked(kind, total), kind.amount(there))
}

/// An amount with its name: `2 GiB of memory`.
fn asked(kind: &Kind, amount: u64) -> String {
    match kind {
        Kind::Cpu | Kind::Device(_) => kind.amount(amount),
        _ => format!("{} of {kind}", kind.amount(amount)),
    }
}

/// What a node has of a kind: `` `nas`: 16 GiB of memory, 512 MiB reserved, 300 MiB for system jobs, 15.2 GiB left ``.
fn numbers(node: &Node, kind: &Kind, left: Option<u64>) -> String {
    let (capacity, reserved) = (&node.capacity, &node.reserved);
    let mib = |bytes: u64| bytes >> 20;
    let (all, reserved) = match kind {
        Kind::Cpu => (capacity.cpu.as_ref().map(|all| all.value), reserved.cpu),
        Kind::Memory => (capacity.memory.as_ref().map(|all| mib(all.value)), mib(reserved.memory)),
        Kind::Disk => (capacity.disk.as_ref().map(|all| mib(all.value)), mib(reserved.disk)),
        Kind::Device(_) => (Some(has(node, kind)), 0),
    };
    let mut text =
        format!("`{}` has {}", node.name.value, all.map_or("an unknown amount".into(), |all| asked(kind, all)));
    if reserved > 0 {
        text.push_str(&format!(", {} reserved", kind.amount(reserved)));
    }
    if let Some(left) = left.filter(|left| *left != UNKNOWN) {
        let system = has(node, kind).saturating_sub(left);
        if system > 0 {
            text.push_str(&format!(", {} for system jobs", kind.amount(system)));
        }
        text.push_str(&format!(", {} left", kind.amount(left)));
    }
    text
}

/// Up to five names, and how many more.
fn list(names: &[String]) -> String {
    match names.len() {
        0..=6 => names.join(", "),
        more => format!("{} and {} more", names[..5].join(", "), more - 5),
    }
}

/// By how much what is asked for is too much, and what else would help.
fn help(lab: &Lab, plan: &Plan, proof: &Proof, parties: &[(&GroupFacts<'_>, &Ask)]) -> String {
    let elsewhere = if proof.nodes.len() < lab.nodes.iter().filter(|node| node.client).count() {
        ", or let it run on more nodes"
    } else {
        ""
    };
    let them = if parties.len() == 1 { "it asks" } else { "they ask" };
    let Some(at) = proof.kind else {
        return format!("lower what {them} for, or give a node more{elsewhere}").replace("let it", "let one of them");
    };
    let kind = &plan.kinds[at];
    let left = |node: &usize| plan.left[*node][at];
    if let [(_, ask)] = parties
        && proof.nodes.iter().all(|node| ask.amounts[at] > left(node))
    {
        let most = proof.nodes.iter().map(left).max().unwrap_or_default();
        return format!("ask for at most {}{elsewhere}", asked(kind, most));
    }
    let total =
        parties.iter().map(|(_, ask)| ask.amounts[at].saturating_mul(ask.count as u64)).fold(0, u64::saturating_add);
    let there = proof.nodes.iter().map(left).fold(0, u64::saturating_add);
    let fewer = if parties.iter().any(|(_, ask)| ask.count > 1) { ", lower a `count`" } else { "" };
    let over = kind.amount(total.saturating_sub(there));
    format!(
        "lower what {them} for by {over} in all{fewer}{}",
        elsewhere.replace("let it", if parties.len() == 1 { "let it" } else { "let one of them" })
    )
}

/// Where a group says how much it takes of a kind; its service where it says nothing.
fn asked_at(facts: &GroupFacts<'_>, kind: &Kind) -> Span {
    let job = &facts.service.job.body;
    let same = |name: Option<&str>| name == Some(facts.group.name.as_str());
    let group = job.blocks("group").find(|group| same(group.label().map(|label| label.as_str())));
    let tasks = || group.into_iter().flat_map(|group| group.body.blocks("task"));
    let resources = || tasks().filter_map(|task| task.body.block("resources"));
    let attribute = match kind {
        Kind::Cpu => "cpu",
        Kind::Memory => "memory",
        Kind::Disk => {
            let disk = group.and_then(|group| group.body.block("ephemeral_disk"));
            let size = disk.and_then(|disk| disk.body.attribute("size"));
            return size.map_or(facts.service.name.span, |size| size.value.span);
        }
        Kind::Device(name) => {
            let devices = facts.group.tasks.iter().flat_map(|task| &task.devices);
            let asked = devices.filter(|device| device.name.split('/').any(|part| part == name));
            return asked.map(|device| device.name.span).next().unwrap_or(facts.service.name.span);
        }
    };
    let written = resources().filter_map(|it| Some((it.body.int(attribute)?.value, it.body.attribute(attribute)?)));
    let largest = written.max_by_key(|(amount, _)| *amount);
    largest.map_or(facts.service.name.span, |(_, attribute)| attribute.value.span)
}

/// Where a node says how much it has of a kind; its name where it says nothing.
fn has_at(node: &Node, kind: &Kind) -> Span {
    let written = match kind {
        Kind::Cpu => &node.capacity.cpu,
        Kind::Memory => &node.capacity.memory,
        Kind::Disk => &node.capacity.disk,
        Kind::Device(_) => &None,
    };
    written.as_ref().map_or(node.name.span, |written| written.span)
}
