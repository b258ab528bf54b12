//! `port-not-published`: a port that Nomad takes on the node, and that leads to no program.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Group, Port, Service};
use crate::nomad::form::{Block, Body};
use crate::resolve::codes::unknown_reference::unknown_member;

code!(Warning, "port-not-published", "port_not_published.md", "a port that leads to no program");

/// Reports, once for each group, ports that its containers don't publish, and names of ports that it doesn't have.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let block = facts.block;
        let before = sink.found();
        for task in block.body.blocks("task") {
            undefined(facts.service, facts.group, task, sink);
        }
        if sink.found() > before {
            continue;
        }
        let lost =
            alone(facts.group).or_else(|| unpublished(facts.group, block)).or_else(|| unmapped(of, facts.group, block));
        if let Some(diagnostic) = lost {
            sink.push(match brought_in(analysis.lab, facts.service, diagnostic.primary.span) {
                Some(place) => diagnostic.also(place, "brought in here"),
                None => diagnostic,
            });
        }
    }
}

fn is_docker(task: &Block) -> bool {
    task.body.str("driver").is_some_and(|driver| driver.value == "docker")
}

fn config(task: &Block) -> Option<&Body> {
    task.body.block("config").map(|config| &config.body)
}

fn network_mode(task: &Block) -> &str {
    config(task).and_then(|config| config.str("network_mode")).map_or("", |mode| mode.value)
}

/// Names in a container's `ports` that are no ports of its group: the task fails.
fn undefined(service: &Service, group: &Group, task: &Block, sink: &mut Sink) {
    let known = || group.ports.iter().map(|port| port.label.as_str());
    let in_task = task.body.block("resources").is_some_and(|resources| resources.body.block("network").is_some());
    // Where the group has a network of its own, or no port at all, Docker looks at none of them.
    let shared = group.network_mode.as_ref().is_some_and(|mode| mode.value != "host");
    if !is_docker(task) || in_task || shared || group.ports.is_empty() || network_mode(task).contains(':') {
        return;
    }
    for label in config(task).into_iter().flat_map(|config| config.strings("ports")) {
        if !label.contains("${") && known().all(|port| port != label.value) {
            let owner = format!("the group of task `{}` of `{}`", task_name(task), service.name.value);
            sink.push(unknown_member(&owner, "port", label.value, label.span, known().collect::<Vec<_>>()));
        }
    }
}

fn task_name(task: &Block) -> &str {
    task.label().map_or("", |label| label.value.as_str())
}

/// A port of a group that has no network.
fn alone(group: &Group) -> Option<Diagnostic> {
    let mode = group.network_mode.as_ref().filter(|mode| mode.value == "none")?;
    let port = group.ports.first()?;
    let message = format!("port `{}` leads nowhere: group `{}` has no network", port.label.value, group.name.value);
    let diagnostic = Diagnostic::new(&CODE, message, port.label.span, "nothing gets in");
    let diagnostic = diagnostic.also(mode.span, "no network here");
    Some(diagnostic.help("leave the network's mode out, or the port"))
}

/// Ports that no container of a group publishes, where its containers have networks of their own.
fn unpublished(group: &Group, block: &Block) -> Option<Diagnostic> {
    let tasks = || block.body.blocks("task");
    let published = |port: &&Port| {
        let mut labels = tasks().filter_map(config).flat_map(|config| config.strings("ports"));
        labels.any(|label| label.value == port.label.value || label.contains("${"))
    };
    let lost: Vec<&Port> = group.ports.iter().filter(|port| !published(port)).collect();
    let (first, rest) = lost.split_first()?;
    let shared = group.network_mode.as_ref().is_some_and(|mode| mode.value != "host");
    let others = tasks().next().is_none() || !tasks().all(|task| is_docker(task) && network_mode(task).is_empty());
    let mapped = |task: &Block| {
        config(task).is_some_and(|it| it.block("port_map").is_some() || it.attribute("port_map").is_some())
    };
    let meshed = || block.body.blocks("service").any(|service| service.body.block("connect").is_some());
    if shared || others || meshed() || tasks().any(mapped) {
        return None;
    }
    let name = &first.label.value;
    let message = format!("port `{name}` of group `{}` leads to no container: none publishes it", group.name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, first.label.span, "nothing answers here");
    for other in rest {
        diagnostic = diagnostic.also(other.label.span, "nor here");
    }
    let labels: Vec<String> = lost.iter().map(|port| format!("\"{}\"", port.label.value)).collect();
    Some(diagnostic.help(format!(
        "add {} to `ports` in the `config` of the task that listens there: `ports = [{}]`",
        if lost.len() == 1 { "it" } else { "them" },
        labels.join(", ")
    )))
}

/// Ports with a number inside of a container that has no network of its own, so that there is no inside.
fn unmapped(of: &ServiceFacts<'_, '_>, group: &Group, block: &Block) -> Option<Diagnostic> {
    let mut tasks = block.body.blocks("task");
    let (Some(task), None) = (tasks.next(), tasks.next()) else { return None };
    if !is_docker(task) || network_mode(task) != "host" {
        return None;
    }
    let texts = of.texts();
    let told = |port: &Port| {
        let name = port.label.value.replace('-', "_");
        ["PORT", "ADDR"].iter().any(|what| texts.iter().any(|text| text.text.contains(&format!("{what}_{name}"))))
    };
    let lost = |port: &&Port| {
        let fixed = port.fixed.as_ref().map(|fixed| fixed.value);
        port.to.is_some_and(|to| fixed != Some(to)) && !told(port)
    };
    let port = group.ports.iter().find(lost)?;
    let (name, to) = (&port.label.value, port.to?);
    let taken = match &port.fixed {
        Some(fixed) => format!("{}", fixed.value),
        None => "one that Nomad picks".to_owned(),
    };
    let message = format!(
        "port `{name}` of group `{}` is {taken}, and `to` {to} changes nothing: the container has the node's own network",
        group.name.value
    );
    let diagnostic = Diagnostic::new(&CODE, message, port.label.span, "isn't mapped");
    Some(diagnostic.help(format!(
        "take {to} of the node: `static={to}` in place of `to`, `static = {to}` in a job file; or have the program listen on `${{NOMAD_PORT_{name}}}`"
    )))
}
