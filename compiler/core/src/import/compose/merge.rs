//! One part of a Compose file over another, as `extends` and override files have it.

use crate::import::yaml::{Entry, Node, Tag, Text, Value};
use crate::source::Spanned;

/// Names with values: `NAME=value` in a list and `NAME: value` in a map are the same.
const PAIRS: [&str; 6] = ["annotations", "args", "driver_opts", "environment", "labels", "sysctls"];
/// Names that a list holds as they are, and a map with more about each.
const NAMES: [&str; 2] = ["depends_on", "networks"];
/// What replaces the earlier one as a whole.
const WHOLE: [&str; 3] = ["command", "entrypoint", "test"];
/// What is known by where it is in the container.
const TARGETS: [&str; 4] = ["configs", "devices", "secrets", "volumes"];

/// A whole file, or a part of one, over an earlier one.
pub(super) fn merge(base: Node, over: Node) -> Node {
    part("", base, over)
}

fn part(key: &str, base: Node, over: Node) -> Node {
    match over.tag {
        Some(Tag::Reset) => return Node { value: Value::Null, ..over },
        Some(Tag::Override) => return over,
        None => {}
    }
    if over.is_null() {
        return base;
    }
    if base.is_null() || WHOLE.contains(&key) {
        return over;
    }
    let (base, over) = (alike(key, base), alike(key, over));
    let (span, tag) = (over.span, over.tag);
    let value = match (base.value, over.value) {
        (Value::Map(base), Value::Map(over)) if key != "logging" || driver(&base) == driver(&over) => {
            Value::Map(maps(base, over))
        }
        (Value::List(base), Value::List(over)) => Value::List(lists(key, base, over)),
        (_, over) => over,
    };
    Node { span, tag, value }
}

fn driver(entries: &[Entry]) -> Option<&str> {
    entries.iter().find(|entry| *entry.key == "driver")?.value.text()
}

fn maps(mut base: Vec<Entry>, over: Vec<Entry>) -> Vec<Entry> {
    for entry in over {
        match base.iter_mut().find(|known| *known.key == *entry.key) {
            Some(known) => {
                let nothing = Node { span: known.value.span, tag: None, value: Value::Null };
                let value = part(&entry.key, std::mem::replace(&mut known.value, nothing), entry.value);
                *known = Entry { key: entry.key, value };
            }
            None => base.push(entry),
        }
    }
    // What was reset is as if it had never been written.
    base.retain(|entry| entry.value.tag != Some(Tag::Reset));
    base
}

fn lists(key: &str, mut base: Vec<Node>, over: Vec<Node>) -> Vec<Node> {
    for item in over {
        let same = |known: &Node| match (target(key, known), target(key, &item)) {
            (Some(one), Some(other)) => one == other,
            _ => known.text().is_some() && known.text() == item.text(),
        };
        match base.iter().position(same) {
            Some(at) => base[at] = item,
            None => base.push(item),
        }
    }
    base
}

/// Where in the container something is mounted.
fn target(key: &str, item: &Node) -> Option<String> {
    if !TARGETS.contains(&key) {
        return None;
    }
    if item.map().is_some() {
        let target = item.get("target").or_else(|| item.get("source"))?;
        return target.text().map(str::to_owned);
    }
    let text = item.text()?;
    Some(text.split(':').nth(1).unwrap_or(text).to_owned())
}

/// The one form of what has several.
fn alike(key: &str, node: Node) -> Node {
    let Node { span, tag, value } = node;
    let value = match value {
        Value::List(items) if PAIRS.contains(&key) => Value::Map(items.into_iter().map(pair).collect()),
        Value::List(items) if NAMES.contains(&key) => Value::Map(items.into_iter().map(name).collect()),
        Value::Text(text) if key == "build" => {
            let value = Node { span, tag: None, value: Value::Text(text) };
            Value::Map(vec![Entry { key: Spanned::new("context".into(), span), value }])
        }
        Value::Text(text) if is_list(key) => Value::List(vec![Node { span, tag: None, value: Value::Text(text) }]),
        value => value,
    };
    Node { span, tag, value }
}

/// Whether one value may stand for a list of one.
fn is_list(key: &str) -> bool {
    matches!(key, "dns" | "dns_search" | "env_file" | "label_file" | "tmpfs")
}

fn pair(item: Node) -> Entry {
    let (name, value) = match &item.value {
        Value::Text(text) => match text.text.split_once('=') {
            Some((name, value)) => (
                name.to_owned(),
                Value::Text(Text { text: value.to_owned(), plain: false, variable: text.variable.clone() }),
            ),
            None => (text.text.clone(), Value::Null),
        },
        _ => (String::new(), Value::Null),
    };
    let span = item.span;
    Entry { key: Spanned::new(name, span), value: Node { span, tag: None, value } }
}

fn name(item: Node) -> Entry {
    let key = Spanned::new(item.text().unwrap_or_default().to_owned(), item.span);
    Entry { key, value: Node { value: Value::Null, ..item } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sink;
    use crate::import::yaml::read;
    use crate::source::FileId;

    fn flow(node: &Node) -> String {
        match &node.value {
            Value::Null => "~".into(),
            Value::Text(text) => text.text.clone(),
            Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
            Value::Map(entries) => {
                let entries = entries.iter().map(|entry| format!("{}: {}", entry.key.value, flow(&entry.value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn merged(base: &str, over: &str) -> String {
        let node = |text| read(text, FileId::default(), &mut Sink::default()).unwrap();
        flow(&merge(node(base), node(over)))
    }

    #[test]
    fn each_kind_of_key_merges_in_its_own_way() {
        for (base, over, expected) in [
            ("{image: a, tty: true}", "{image: b}", "{image: b, tty: true}"),
            ("{environment: [A=1, B=2]}", "{environment: {B: 3, C: }}", "{environment: {A: 1, B: 3, C: ~}}"),
            ("{command: [a, b]}", "{command: c}", "{command: c}"),
            ("{ports: ['80:80']}", "{ports: ['81:81', '80:80']}", "{ports: [80:80, 81:81]}"),
            ("{volumes: ['a:/x', 'b:/y']}", "{volumes: ['c:/x:ro']}", "{volumes: [c:/x:ro, b:/y]}"),
            ("{depends_on: [a]}", "{depends_on: {b: {condition: x}}}", "{depends_on: {a: ~, b: {condition: x}}}"),
            ("{dns: 1.1.1.1}", "{dns: [9.9.9.9]}", "{dns: [1.1.1.1, 9.9.9.9]}"),
            ("{logging: {driver: a, options: {x: 1}}}", "{logging: {driver: b}}", "{logging: {driver: b}}"),
            (
                "{deploy: {resources: {limits: {cpus: 1}}}}",
                "{deploy: {resources: {limits: {memory: 1g}}}}",
                "{deploy: {resources: {limits: {cpus: 1, memory: 1g}}}}",
            ),
            ("{ports: ['80:80'], tty: true}", "{ports: !reset [], tty: !reset null}", "{}"),
            ("{ports: ['80:80']}", "{ports: !override ['81:81']}", "{ports: [81:81]}"),
            ("{image: a}", "{image: }", "{image: a}"),
        ] {
            assert_eq!(merged(base, over), expected, "{base} + {over}");
        }
    }
}
