//! `hlmc whatif`: what is lost, moves or goes on with less when nodes stop.

use super::{Outcome, open, pages};
use crate::args::{ReportFormat, WhatifArgs};
use crate::failure::Failure;
use crate::render::{Tally, text};
use crate::settings::LabSettings;
use crate::terminal;
use hlmc_core::analyze::outage::{Fate, Outage, outage, ranked};
use hlmc_core::analyze::{Analysis, analyze};
use hlmc_core::diagnostic::did_you_mean;
use hlmc_core::model::Node;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(crate) fn whatif(args: &WhatifArgs) -> Result<Outcome, Failure> {
    let settings = LabSettings::resolve(&args.lab)?;
    let compiled = hlmc_core::check(&open(&settings)?);
    let lab = match &compiled.lab {
        Some(lab) if Tally::of(&compiled.diagnostics).errors == 0 => lab,
        _ => {
            let found = &compiled.diagnostics;
            terminal::say(&text(found, &pages(&compiled, &settings.shown), terminal::look()));
            return Ok(Outcome::Errors);
        }
    };
    let analysis = analyze(lab);
    let outages = if args.all { ranked(&analysis) } else { vec![outage(&analysis, &nodes(&analysis, &args.down)?)] };
    terminal::print(&match args.format {
        ReportFormat::Text if args.all => table(&outages),
        ReportFormat::Text => outages.iter().map(report).collect(),
        ReportFormat::Json => document(&outages),
    });
    Ok(Outcome::Done)
}

/// The indices of nodes by their names.
fn nodes(analysis: &Analysis<'_>, names: &[String]) -> Result<Vec<usize>, Failure> {
    let lab = analysis.lab;
    let index = |name: &String| {
        lab.node(name).ok_or_else(|| {
            let known = lab.nodes.iter().map(|node| node.name.as_str());
            let all = || known.clone().collect::<Vec<_>>().join(", ");
            let help = did_you_mean(name, known.clone()).unwrap_or_else(|| format!("the lab has {}", all()));
            Failure::new(format!("there is no node `{}`", name.escape_debug())).help(help)
        })
    };
    names.iter().map(index).collect()
}

/// Everything about one outage, for a person.
fn report(outage: &Outage<'_>) -> String {
    let mut out = format!("without {}:\n", names(&outage.down));
    let servers = outage.servers;
    if outage.down.iter().any(|node| node.server) {
        let quorum = if servers.decide() {
            "a quorum: services are placed anew".to_owned()
        } else {
            format!("no quorum, which takes {}: what runs goes on, and nothing is placed anew", servers.quorum)
        };
        let _ = writeln!(out, "  servers           {} of {} left, {quorum}", servers.left, servers.all);
    }
    let mut lines: BTreeMap<(usize, String), Vec<&str>> = BTreeMap::new();
    for it in &outage.groups {
        let said = match &it.fate {
            Fate::Lost => (0, "no other node can run it".to_owned()),
            Fate::NoRoom => (1, "other nodes have no room for it".to_owned()),
            Fate::Stays(nodes) => (2, format!("could run on {}, once there is a quorum", names(nodes))),
            Fate::Moves(nodes) => (3, format!("to {}", either(nodes))),
            Fate::Fewer { left, of } => (4, format!("{left} of {of} instances")),
        };
        lines.entry(said).or_default().push(it.service.name.as_str());
    }
    let titles = ["lost", "lost", "lost for now", "moves", "goes on with less"];
    for ((kind, said), mut services) in lines {
        services.dedup();
        let _ = writeln!(out, "  {:17} {}: {said}", titles[kind], services.join(", "));
    }
    for data in &outage.data {
        let also = match data.elsewhere.as_slice() {
            [] => String::new(),
            [node] => format!("; {node} has one of that name, with data of its own"),
            nodes => format!("; {} have one of that name, with data of their own", nodes.join(", ")),
        };
        let (name, node) = (data.volume.name.as_str(), data.node.name.as_str());
        let (path, services) = (data.volume.path.as_str(), data.services.join(", "));
        let _ = writeln!(out, "  data out of reach {name} of {services} ({node}:{path}){also}");
    }
    for (node, daemon) in &outage.daemons {
        let _ = writeln!(out, "  stops answering   {daemon} on {}", node.name.value);
    }
    for (service, needs) in &outage.cut_off {
        let _ = writeln!(out, "  cut off           {} needs {}", service.name.value, needs.join(", "));
    }
    if outage.groups.is_empty() && outage.daemons.is_empty() && servers.decide() {
        out.push_str("  nothing changes\n");
    }
    out
}

fn names(nodes: &[&Node]) -> String {
    nodes.iter().map(|node| node.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// `a, b or c`.
fn either(nodes: &[&Node]) -> String {
    match nodes {
        [first @ .., last] if !first.is_empty() => format!("{} or {}", names(first), last.name.value),
        nodes => names(nodes),
    }
}

/// A line for each node, the worst first.
fn table(outages: &[Outage<'_>]) -> String {
    let name = |outage: &Outage<'_>| names(&outage.down);
    let width = outages.iter().map(|outage| name(outage).len()).max().unwrap_or(0).max(4);
    let mut out = format!("{:width$}  quorum  lost  moves  less  data  cut off  what is lost\n", "node");
    for outage in outages {
        let mut lost: Vec<&str> = outage.gone().map(|it| it.service.name.as_str()).collect();
        lost.dedup();
        let count = |wanted: fn(&Fate<'_>) -> bool| outage.groups.iter().filter(|it| wanted(&it.fate)).count();
        let shown = match lost.len() {
            0 => "-".to_owned(),
            1..=6 => lost.join(", "),
            more => format!("{} and {} more", lost[..5].join(", "), more - 5),
        };
        let quorum = if outage.servers.decide() { "kept" } else { "lost" };
        let _ = writeln!(
            out,
            "{:width$}  {quorum:6}  {:4}  {:5}  {:4}  {:4}  {:7}  {shown}",
            name(outage),
            outage.gone().count(),
            count(|fate| matches!(fate, Fate::Moves(_))),
            count(|fate| matches!(fate, Fate::Fewer { .. })),
            outage.data.len(),
            outage.cut_off.len(),
        );
    }
    out
}

/// The same for programs. Fields may be added; none changes its meaning while `version` is 1.
fn document(outages: &[Outage<'_>]) -> String {
    let outages: Vec<Value> = outages.iter().map(entry).collect();
    let document = json!({ "version": 1, "outages": outages });
    format!("{document:#}\n")
}

fn entry(outage: &Outage<'_>) -> Value {
    let list = |nodes: &[&Node]| nodes.iter().map(|node| node.name.value.clone()).collect::<Vec<_>>();
    let group = |it: &hlmc_core::analyze::outage::Affected<'_>| {
        let (fate, to, left, of) = match &it.fate {
            Fate::Lost => ("lost", Vec::new(), None, None),
            Fate::NoRoom => ("no-room", Vec::new(), None, None),
            Fate::Stays(nodes) => ("no-quorum", list(nodes), None, None),
            Fate::Moves(nodes) => ("moves", list(nodes), None, None),
            Fate::Fewer { left, of } => ("fewer", Vec::new(), Some(*left), Some(*of)),
        };
        json!({ "service": it.service.name.value, "group": it.group, "fate": fate, "nodes": to, "left": left, "of": of })
    };
    let servers = outage.servers;
    json!({
        "down": list(&outage.down),
        "servers": { "all": servers.all, "left": servers.left, "quorum": servers.quorum, "decide": servers.decide() },
        "groups": outage.groups.iter().map(group).collect::<Vec<_>>(),
        "data": outage.data.iter().map(|data| json!({
            "node": data.node.name.value,
            "volume": data.volume.name.value,
            "path": data.volume.path.value,
            "services": data.services,
            "elsewhere": data.elsewhere,
        })).collect::<Vec<_>>(),
        "daemons": outage.daemons.iter().map(|(node, daemon)| json!({ "node": node.name.value, "daemon": daemon })).collect::<Vec<_>>(),
        "cut_off": outage.cut_off.iter().map(|(service, needs)| json!({ "service": service.name.value, "needs": needs })).collect::<Vec<_>>(),
    })
}
