//! `unknown-runtime-name`: `${NOMAD_…}` or `${node.…}` that Nomad doesn't know where it starts the task.

use super::brought_in;
use crate::analyze::{Analysis, Place, ServiceFacts, Text, template};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Lab, Node, Service};
use crate::nomad::form::Body;
use std::collections::BTreeSet;

code!(Warning, "unknown-runtime-name", "unknown_runtime_name.md", "a name that Nomad doesn't fill in");

/// What Nomad fills in by itself (client/taskenv/env.go).
const FIXED: [&str; 25] = [
    "NOMAD_ALLOC_DIR",
    "NOMAD_ALLOC_ID",
    "NOMAD_ALLOC_INDEX",
    "NOMAD_ALLOC_NAME",
    "NOMAD_CPU_CORES",
    "NOMAD_CPU_LIMIT",
    "NOMAD_DC",
    "NOMAD_GROUP_NAME",
    "NOMAD_JOB_ID",
    "NOMAD_JOB_NAME",
    "NOMAD_JOB_PARENT_ID",
    "NOMAD_MEMORY_LIMIT",
    "NOMAD_MEMORY_MAX_LIMIT",
    "NOMAD_NAMESPACE",
    "NOMAD_PARENT_CGROUP",
    "NOMAD_REGION",
    "NOMAD_SECRETS_DIR",
    "NOMAD_SHORT_ALLOC_ID",
    "NOMAD_TASK_DIR",
    "NOMAD_TASK_NAME",
    "NOMAD_TOKEN",
    "NOMAD_UNIX_ADDR",
    "NOMAD_LICENSE",
    "NOMAD_SECRET_DIR",
    "NOMAD_CUSTOM_RESOURCES",
];

/// What it fills in by the name of a port, behind which that stands.
const OF_PORTS: [&str; 8] = [
    "NOMAD_ALLOC_PORT_",
    "NOMAD_HOST_ADDR_",
    "NOMAD_HOST_IP_",
    "NOMAD_HOST_PORT_",
    "NOMAD_ADDR_",
    "NOMAD_PORT_",
    "NOMAD_IP_",
    "NOMAD_META_",
];

/// What it fills in of the node.
const OF_NODES: [&str; 6] =
    ["node.class", "node.datacenter", "node.pool", "node.region", "node.unique.id", "node.unique.name"];

/// Reports, once for each service, names that are left as they stand.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let service = of.service;
    let texts = of.texts().iter().filter(|text| !matches!(text.place, Place::File) && text.text.contains('$'));
    let images = of.groups.iter().flat_map(|facts| &facts.group.tasks).filter_map(|task| task.image.as_ref());
    let images = images.filter(|image| image.contains('$'));
    let images: Vec<Text<'_>> =
        images.map(|image| Text { place: Place::Image, text: &image.value, span: image.span }).collect();
    let texts = texts.chain(&images);
    let mut known: Option<BTreeSet<String>> = None;
    let mut found = texts.flat_map(|text| names(text.text).map(move |(at, name)| (text, at, name)));
    let unknown = found.find(|(_, _, name)| match name.strip_prefix("meta.") {
        Some(key) => !has_meta(analysis.lab, key),
        None => !fills_in(name, known.get_or_insert_with(|| filled_in(service))),
    });
    let Some((text, at, name)) = unknown else { return defaults(analysis, of, sink) };
    let known = known.unwrap_or_default();
    let shown = name.escape_debug();
    let message = format!(
        "`${{{shown}}}` in {} of `{}` is nothing that Nomad fills in",
        text.place.described(),
        service.name.value
    );
    let span = text.span.part(text.text, at, name.len() + 3);
    let mut diagnostic = Diagnostic::new(&CODE, message, span, "stays as it is");
    if let Some(place) = brought_in(analysis.lab, service, span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let meta = analysis.lab.nodes.iter().flat_map(|node| &node.meta).map(|(key, _)| format!("meta.{}", key.value));
    let meta: BTreeSet<String> = meta.filter(|_| name.starts_with("meta.")).collect();
    let candidates = meta.iter().chain(&known).map(String::as_str).chain(FIXED).chain(OF_NODES);
    let near = nearest(name, candidates.clone()).or_else(|| nearest(&name.to_ascii_uppercase(), candidates));
    sink.push(match near {
        Some(near) => {
            let exact = (text.span.end - text.span.start) as usize == text.text.len() + 2;
            let diagnostic = diagnostic.help(format!("did you mean `${{{near}}}`?"));
            if exact { diagnostic.fix(span, format!("${{{near}}}")) } else { diagnostic }
        }
        None => diagnostic.help(help(name, &known)),
    });
}

/// What is between the braces of `${NAME:-…}`, which stands here in a text.
fn with_default(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at + 2..)?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|end| *end > 0)?;
    let inside = &rest[..rest.find('}')?];
    [":-", ":?", ":+"].iter().any(|it| rest[end..].starts_with(it)).then_some(inside)
}

/// Reports the first `${NAME:-…}` of a variable: Compose puts a default there, Nomad nothing.
fn defaults<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let env = of.texts().iter().filter(|it| matches!(it.place, Place::Env(_)));
    let mut found = env.flat_map(|it| {
        it.text.match_indices("${").filter_map(move |(at, _)| Some((it, at, with_default(it.text, at)?)))
    });
    let Some((text, at, inside)) = found.next() else { return in_templates(analysis, of, sink) };
    let shown = inside.escape_debug();
    let message = format!(
        "`${{{shown}}}` in {} of `{}` is nothing that Nomad fills in",
        text.place.described(),
        of.service.name.value
    );
    let span = text.span.part(text.text, at, inside.len() + 3);
    let diagnostic = Diagnostic::new(&CODE, message, span, "stays as it is");
    sink.push(diagnostic.help("write the value itself: variables with a default are Compose's"));
}

/// Reports the first `env "NOMAD_…"` of a template that is empty for ever.
fn in_templates<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let texts = of.texts().iter().filter(|it| it.place == Place::File && it.text.contains("\"NOMAD_"));
    let mut known: Option<BTreeSet<String>> = None;
    for text in texts {
        for asked in template(text.text, "", "").asked {
            let is_env =
                matches!(asked.function, "env" | "mustEnv" | "envOrDefault") && asked.name.starts_with("NOMAD_");
            let known = known.get_or_insert_with(|| filled_in(of.service));
            if !is_env || fills_in(asked.name, known) {
                continue;
            }
            let message = format!(
                "`{}` in a template of `{}` is nothing that Nomad fills in",
                asked.name.escape_debug(),
                of.service.name.value
            );
            let span = text.span.part(text.text, asked.at, asked.name.len());
            let diagnostic = Diagnostic::new(&CODE, message, span, "empty");
            let diagnostic = match brought_in(analysis.lab, of.service, span) {
                Some(place) => diagnostic.also(place, "brought in here"),
                None => diagnostic,
            };
            let near = nearest(asked.name, known.iter().map(String::as_str).chain(FIXED));
            return sink.push(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(help(asked.name, known)),
            });
        }
    }
}

/// Whether a node has a key in its `meta`; agents have some by themselves.
fn has_meta(lab: &Lab, key: &str) -> bool {
    let has = |node: &Node| node.meta.iter().any(|(name, _)| name.value == key);
    lab.more_nodes || key.starts_with("connect.") || lab.nodes.iter().any(has)
}

fn help(name: &str, known: &BTreeSet<String>) -> String {
    let ports: Vec<String> =
        known.iter().filter(|it| it.starts_with("NOMAD_PORT_")).map(|port| format!("`${{{port}}}`")).collect();
    if name.starts_with("meta.") {
        return "give nodes this key in their `meta`, or write one that they have".to_owned();
    }
    if OF_PORTS.iter().any(|start| name.starts_with(start)) && !ports.is_empty() && !name.starts_with("NOMAD_META_") {
        format!("the ports here are {}", ports.join(", "))
    } else {
        "write a name that Nomad knows, such as `${NOMAD_ALLOC_ID}` or `${node.unique.name}`".to_owned()
    }
}

/// Names in a text that look like Nomad's, with the places of their `${`.
fn names(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("${").filter_map(|(at, _)| {
        let name = text[at + 2..].split('}').next()?;
        let own = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("nomad_"))
            || name.starts_with("node.")
            || name.starts_with("meta.");
        let escaped = text[..at].ends_with('$');
        (own && !escaped && text.len() > at + 2 + name.len() && !name.contains(['$', '{', ' ', ':']))
            .then_some((at, name))
    })
}

/// Whether it is filled in; what depends on other services and on dispatching is taken for granted.
fn fills_in(name: &str, known: &BTreeSet<String>) -> bool {
    let granted = ["NOMAD_UPSTREAM_", "NOMAD_ENVOY_", "NOMAD_SIDECAR_", "NOMAD_VAR_"];
    let plain = name.replace(['-', '.'], "_");
    FIXED.contains(&name)
        || OF_NODES.contains(&name)
        || granted.iter().any(|start| name.starts_with(start))
        || name.starts_with("node.meta.") || name.starts_with("node.attr.")
        || known.contains(&plain)
        || name.starts_with("NOMAD_META_") && known.contains(&plain.to_ascii_uppercase())
        // `NOMAD_PORT_task_label`, for ports of other tasks.
        || OF_PORTS.iter().any(|start| {
            plain.strip_prefix(start).is_some_and(|rest| {
                rest.match_indices('_').any(|(at, _)| known.contains(&format!("{start}{}", &rest[at + 1..])))
            })
        })
}

/// What a service has filled in by the names of its ports and its metadata.
fn filled_in(service: &Service) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut port = |label: &str| {
        let plain = label.replace(['-', '.'], "_");
        names.extend(OF_PORTS.iter().filter(|it| **it != "NOMAD_META_").map(|start| format!("{start}{plain}")));
    };
    service.groups.iter().flat_map(|group| &group.ports).for_each(|it| port(&it.label));
    let job = &service.job.body;
    let groups: Vec<&Body> = job.blocks("group").map(|group| &group.body).collect();
    let tasks: Vec<&Body> = groups.iter().flat_map(|group| group.blocks("task")).map(|task| &task.body).collect();
    for task in &tasks {
        let networks = task.block("resources").into_iter().flat_map(|resources| resources.body.blocks("network"));
        networks.flat_map(|it| it.body.blocks("port")).filter_map(|it| it.label()).for_each(|label| port(label));
    }
    // Consul's sidecars have ports of their own.
    for block in groups.iter().flat_map(|group| group.blocks("service")).filter(|it| it.body.block("connect").is_some())
    {
        let name = block.body.str("name").map_or("", |name| name.value);
        port(&format!("connect_proxy_{name}"));
    }
    for body in std::iter::once(&job).copied().chain(groups.iter().copied()).chain(tasks.iter().copied()) {
        for meta in body.blocks("meta").flat_map(|meta| &meta.body.attributes) {
            names.insert(format!("NOMAD_META_{}", meta.name.replace(['-', '.'], "_").to_ascii_uppercase()));
        }
    }
    for block in job.blocks("parameterized") {
        let keys = block.body.strings("meta_required").chain(block.body.strings("meta_optional"));
        names.extend(keys.map(|key| format!("NOMAD_META_{}", key.value.replace(['-', '.'], "_").to_ascii_uppercase())));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_nomad_stand_between_braces() {
        let found = |text| -> Vec<&str> { names(text).map(|(_, name)| name).collect() };
        assert_eq!(
            found("${NOMAD_PORT_a}:${HOME} $${NOMAD_X} ${node.class} ${nomad_dc} ${NOMAD_"),
            ["NOMAD_PORT_a", "node.class", "nomad_dc"]
        );
    }

    #[test]
    fn a_port_of_another_task_is_known() {
        let known = BTreeSet::from(["NOMAD_PORT_db".to_owned(), "NOMAD_META_FILE".to_owned()]);
        assert!(
            fills_in("NOMAD_PORT_db", &known)
                && fills_in("NOMAD_PORT_main_db", &known)
                && fills_in("NOMAD_META_file", &known)
        );
        assert!(
            !fills_in("NOMAD_PORT_web", &known)
                && !fills_in("nomad_dc", &known)
                && !fills_in("node.unique.nam", &known)
        );
    }
}
