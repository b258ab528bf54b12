//! `class-almost-another`: a node's class that nothing names, and that is one letter off another one.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Sink, code, nearest};
use crate::model::Lab;
use crate::nomad::form::Body;
use std::collections::{BTreeMap, BTreeSet};

code!(Advice, "class-almost-another", "class_almost_another.md", "a class that nothing names is almost another one");

/// Reports each node whose class no service names, where another class is almost the same.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    namespaces(analysis.lab, sink);
    let nodes = &analysis.lab.nodes;
    let classes: BTreeSet<&str> = nodes.iter().map(|node| node.class.as_str()).filter(|it| !it.is_empty()).collect();
    if classes.len() < 2 {
        return;
    }
    // Classes that are counted, such as `pi4` and `pi5`, are meant.
    let near = |class: &str| nearest(class, classes.iter().copied().filter(|other| letters(other) != letters(class)));
    let near: BTreeMap<&str, &str> = classes.iter().filter_map(|class| Some((*class, near(class)?))).collect();
    let mut named = BTreeSet::new();
    for service in analysis.lab.services.iter().filter(|_| !near.is_empty()) {
        names(&service.job.body, &mut named);
    }
    for node in nodes {
        let class = node.class.as_str();
        let Some(near) = near.get(class).copied().filter(|_| !named.iter().any(|value| value.contains(class))) else {
            continue;
        };
        let message = format!("no service names class `{class}`, which is almost `{near}`");
        let diagnostic = Diagnostic::new(&CODE, message, node.class.span, "named nowhere else");
        let other = nodes.iter().find(|other| other.class.value == near);
        let diagnostic = match other {
            Some(other) => diagnostic.also(other.class.span, format!("the class of `{}`", other.name.value)),
            None => diagnostic,
        };
        sink.push(diagnostic.help(format!("did you mean `{near}`?")));
    }
}

/// Reports each service that is alone in a namespace which the lab has no word for, where another one is almost the same.
fn namespaces(lab: &Lab, sink: &mut Sink) {
    if lab.namespaces.len() < 2 {
        return;
    }
    for namespace in &lab.namespaces {
        let name = &namespace.name.value;
        let mut inside = lab.services.iter().filter(|service| service.namespace.value == *name);
        let (Some(service), None) = (inside.next(), inside.next()) else { continue };
        // Those that services alone name are made of what they say.
        if service.namespace.span != namespace.name.span {
            continue;
        }
        let others = lab.namespaces.iter().map(|other| other.name.value.as_str()).filter(|other| other != name);
        let near = nearest(name, others.filter(|other| letters(other) != letters(name)));
        let Some(other) = near.and_then(|near| lab.namespaces.iter().find(|it| it.name.value == near)) else {
            continue;
        };
        let near = &other.name.value;
        let message = format!("`{}` is in namespace `{name}`, which is almost `{near}`", service.name.value);
        let mut diagnostic = Diagnostic::new(&CODE, message, service.namespace.span, "nothing else is in it");
        diagnostic.severity = Severity::Warning;
        sink.push(diagnostic.also(other.name.span, "the other one").help(format!("did you mean `{near}`?")));
    }
}

fn letters(class: &str) -> String {
    class.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// What a body and the blocks in it say of classes.
fn names<'b>(body: &'b Body, found: &mut BTreeSet<&'b str>) {
    for block in &body.blocks {
        let about = block.body.str("attribute").is_some_and(|it| it.value.contains("node.class"));
        if about {
            found.extend(block.body.str("value").map(|value| value.value));
            found.extend(block.body.blocks("target").filter_map(|target| Some(target.label()?.as_str())));
        }
        names(&block.body, found);
    }
}
