//! `two-writers`: more than one instance writes to what takes one writer only.

use super::brought_in;
use crate::analyze::{Analysis, GroupFacts, Source};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Lab;
use crate::source::Span;
use std::collections::{BTreeMap, HashMap};

code!(Error, "two-writers", "two_writers.md", "more than one instance writes to what takes one writer");

/// Access modes with a single writer, as Nomad names them.
const SINGLE: [&str; 3] = ["single-node-writer", "multi-node-single-writer", "single-node-single-writer"];

/// Somebody who writes to a volume that takes one writer.
struct Writer<'a, 'l> {
    facts: &'a GroupFacts<'l>,
    span: Span,
    why: String,
    /// Instances that may run at once; their number is written there.
    instances: usize,
    count: Span,
    /// A volume of the cluster, which is the same on all nodes.
    everywhere: bool,
}

/// Reports each volume with a second writer.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let mut volumes: BTreeMap<(bool, &str, &str), Vec<Writer<'_, '_>>> = BTreeMap::new();
    let mut users: HashMap<&str, usize> = HashMap::with_capacity(analysis.groups.len());
    for volume in analysis.groups.iter().flat_map(|facts| &facts.group.volumes) {
        *users.entry(&volume.source).or_default() += 1;
    }
    // Where one instance is alone with its volumes, nobody else writes to them.
    let is_alone = |facts: &&GroupFacts<'_>| {
        let one = facts.group.count.value <= 1 && !matches!(facts.service.kind.as_str(), "system" | "sysbatch");
        one && facts.group.volumes.iter().all(|volume| users[volume.source.as_str()] == 1)
    };
    for facts in analysis.groups.iter().filter(|facts| !is_alone(facts)) {
        for (everywhere, name, writer) in writers(facts) {
            let namespace = if everywhere { facts.service.namespace.as_str() } else { "" };
            volumes.entry((everywhere, namespace, name)).or_default().push(writer);
        }
    }
    for ((_, _, name), writers) in &volumes {
        let other = |at: usize| writers[at + 1..].iter().find(|other| meet(&writers[at], other));
        let pair = (0..writers.len()).find_map(|at| Some((&writers[at], other(at)?)));
        if let Some((first, second)) = pair {
            sink.push(two_writers(analysis.lab, name, first, second));
        } else if let Some(writer) = writers.iter().find(|writer| writer.instances > 1) {
            sink.push(several_instances(analysis.lab, name, writer));
        }
    }
}

/// Whether two of them may have the same folder.
fn meet(one: &Writer<'_, '_>, other: &Writer<'_, '_>) -> bool {
    one.everywhere || one.facts.eligible().any(|at| other.facts.eligible().any(|node| node == at))
}

/// The volumes with one writer that a group writes to, each once.
fn writers<'a, 'l>(facts: &'a GroupFacts<'l>) -> Vec<(bool, &'l str, Writer<'a, 'l>)> {
    let mut found: Vec<(bool, &'l str, Writer<'a, 'l>)> = Vec::new();
    let count = usize::try_from(facts.group.count.value).unwrap_or(usize::MAX);
    let system = matches!(facts.service.kind.as_str(), "system" | "sysbatch");
    let mut add = |everywhere: bool, name: &'l str, span: Span, why: String| {
        // Each node has a folder of its own, and a system job has one instance there.
        let instances = match (system, everywhere) {
            (true, true) => facts.nodes.len(),
            (true, false) => 1,
            (false, _) => count,
        };
        if instances > 0 && !found.iter().any(|(_, known, _)| *known == name) {
            let count = facts.group.count.span;
            found.push((everywhere, name, Writer { facts, span, why, instances, count, everywhere }));
        }
    };
    for volume in facts.block.body.blocks("volume") {
        let text = |name: &str| volume.body.str(name).map(|text| text.value);
        let is = |name: &str| volume.body.bool(name).is_some_and(|truth| truth.value);
        let mode = text("access_mode").filter(|mode| SINGLE.contains(mode));
        if let (Some(mode), Some(source), false, false) =
            (mode, volume.body.str("source"), is("read_only"), is("per_alloc"))
            && text("type") == Some("csi")
        {
            add(true, source.value, source.span, format!("`{mode}`"));
        }
    }
    for used in facts.used().iter().filter(|used| !used.read_only) {
        if let (Some(kept), Source::Host(name)) = (used.kept.iter().find(|kept| kept.single_writer), used.source) {
            add(false, name, used.span, kept.what.clone());
        }
    }
    found
}

fn two_writers<'l>(lab: &Lab, name: &str, first: &Writer<'_, 'l>, second: &Writer<'_, 'l>) -> Diagnostic {
    let (one, other) = (&first.facts.service.name.value, &second.facts.service.name.value);
    let who = if one == other { format!("two groups of `{one}`") } else { format!("`{one}` and `{other}`") };
    let message = format!("{who} both write to volume `{}`, which takes one writer", name.escape_debug());
    let mut diagnostic = Diagnostic::new(&CODE, message, second.span, format!("written to here: {}", second.why))
        .also(first.span, format!("and here: {}", first.why));
    for writer in [second, first] {
        if let Some(place) = brought_in(lab, writer.facts.service, writer.span) {
            diagnostic = diagnostic.also(place, "brought in here");
        }
    }
    diagnostic.help(match first.everywhere {
        true => "give one of them a volume of its own, let it only read with `read_only`, or ask for `multi-node-multi-writer` where the plugin has that",
        false => "give one of them a volume of its own: two servers at one folder destroy the data of both",
    })
}

fn several_instances(lab: &Lab, name: &str, writer: &Writer<'_, '_>) -> Diagnostic {
    let service = &writer.facts.service.name.value;
    let (instances, name) = (writer.instances, name.escape_debug());
    let message = format!("{instances} instances of `{service}` write to volume `{name}`, which takes one writer");
    let mut diagnostic = Diagnostic::new(&CODE, message, writer.count, format!("{instances} instances"))
        .also(writer.span, format!("written to here: {}", writer.why));
    if let Some(place) = brought_in(lab, writer.facts.service, writer.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help(match writer.everywhere {
        true => "run one, or give each a volume of its own with `per_alloc`",
        false => "run one: two servers at one folder destroy the data",
    })
}
