//! Reads one table file into plain nodes.

use super::Fault;
use std::path::Path;

/// A KDL node with what the tables need of it.
pub(super) struct Node {
    /// `stdlib/schema/nomad-job/task.kdl:12`
    pub(super) place: String,
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    /// Name and value; a truth value is `true` or `false`.
    pub(super) properties: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(super) fn read(path: &Path, text: &str) -> Result<Vec<Node>, Fault> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let file = shown.trim_start_matches("../");
    let document = kdl::KdlDocument::parse_v2(text).map_err(|error| {
        let first = error.diagnostics.first();
        let line = first.map_or(0, |fault| line(text, fault.span.offset()));
        let what = first.and_then(|fault| fault.message.clone()).unwrap_or_else(|| "not KDL".to_owned());
        format!("{file}:{line}: {what}")
    })?;
    Ok(document.nodes().iter().map(|node| convert(node, file, text)).collect())
}

fn convert(node: &kdl::KdlNode, file: &str, text: &str) -> Node {
    let mut arguments = Vec::new();
    let mut properties = Vec::new();
    for entry in node.entries() {
        let value = match entry.value() {
            kdl::KdlValue::String(text) => text.clone(),
            kdl::KdlValue::Bool(truth) => truth.to_string(),
            other => other.to_string(),
        };
        match entry.name() {
            Some(name) => properties.push((name.value().to_owned(), value)),
            None => arguments.push(value),
        }
    }
    Node {
        place: format!("{file}:{}", line(text, node.name().span().offset())),
        name: node.name().value().to_owned(),
        arguments,
        properties,
        children: node
            .children()
            .map(|body| body.nodes().iter().map(|node| convert(node, file, text)).collect())
            .unwrap_or_default(),
    }
}

fn line(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
