//! Reads one table file into plain nodes.

use super::Fault;
use hlmc_syntax::{NodeRef, Span, Value};
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
    let parse = hlmc_syntax::parse(text);
    match parse.errors.first() {
        Some(error) => Err(format!("{file}:{}: {}", line(text, error.span), error.message)),
        None => Ok(parse.document.nodes().map(|node| convert(node, file, text)).collect()),
    }
}

fn convert(node: NodeRef<'_, '_>, file: &str, text: &str) -> Node {
    let properties = node.props().filter_map(|entry| Some((entry.key()?.text.to_owned(), shown(entry.value()))));
    Node {
        place: format!("{file}:{}", line(text, node.name_span())),
        name: node.name().to_owned(),
        arguments: node.args().map(|entry| shown(entry.value())).collect(),
        properties: properties.collect(),
        children: node.children().map(|node| convert(node, file, text)).collect(),
    }
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        _ => "a number".to_owned(),
    }
}

fn line(text: &str, span: Span) -> usize {
    text.bytes().take(span.start as usize).filter(|byte| *byte == b'\n').count() + 1
}
