//! The events of the YAML parser as a tree: aliases put in place, merge keys carried out, keys unique.

use super::codes::{yaml_syntax, yaml_too_large};
use super::{Entry, Node, Tag, Text, Value};
use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::{Diagnostic, Sink};
use crate::source::{FileId, Span, Spanned};
use granit_parser::{Event, Parser, ScalarStyle};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How deep lists and maps may nest; files that people write have 10 levels.
const DEPTH: usize = 64;
/// How many values a file may have once its aliases are put in place, and how long they may be together.
const NODES: usize = 20_000;
const BYTES: usize = 16 << 20;

/// Reads the one document of a file. `None` once what is wrong with it is reported.
pub(in crate::import) fn read(text: &str, file: FileId, sink: &mut Sink) -> Option<Node> {
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: 1000,
        block_nesting_limit: 1000,
    };
    let mut builder = Builder { file, end: text.len(), ..Builder::default() };
    for event in Parser::new_from_str_with_options(text, options) {
        let step = match event {
            Ok((event, span)) => builder.take(event, &span, sink),
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len());
                Err(Box::new(yaml_syntax::yaml_syntax(&error.info(), place(text, file, at))))
            }
        };
        if let Err(diagnostic) = step {
            sink.push(*diagnostic);
            return None;
        }
    }
    let node = builder.document.unwrap_or_else(|| Node { span: Span::new(file, 0, 0), tag: None, value: Value::Null });
    Some(node)
}

/// The character at an offset, or an empty place at the end of the text.
fn place(text: &str, file: FileId, at: usize) -> Span {
    let at = at.min(text.len());
    let len = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| *c != '\n').map_or(0, char::len_utf8);
    span(file, at, at + len)
}

fn span(file: FileId, start: usize, end: usize) -> Span {
    Span::new(file, u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

/// A list or a map that is being read.
struct Open {
    span: Span,
    tag: Option<Tag>,
    anchor: usize,
    items: Vec<Node>,
    is_map: bool,
}

/// What an anchor stands for, and what it costs to put it in place.
struct Anchored {
    node: Node,
    nodes: usize,
    bytes: usize,
    depth: usize,
}

type Step = Result<(), Box<Diagnostic>>;

#[derive(Default)]
struct Builder {
    file: FileId,
    end: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    document: Option<Node>,
    documents: usize,
    nodes: usize,
    bytes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: &granit_parser::Span, sink: &mut Sink) -> Step {
        let range = span.byte_range().unwrap_or(self.end..self.end);
        let place = self::span(self.file, range.start, range.end.max(range.start));
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Box::new(yaml_syntax::second_document(place)));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), place),
            Event::SequenceStart(_, anchor, tag) => self.enter(false, anchor, tag, place),
            Event::MappingStart(_, anchor, tag) => self.enter(true, anchor, tag, place),
            Event::SequenceEnd | Event::MappingEnd => self.leave(sink),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::UnresolvedAlias(name) => Err(Box::new(yaml_syntax::unknown_alias(&name, place))),
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&granit_parser::Tag>,
        place: Span,
    ) -> Step {
        if text.contains(['\u{1}', '\u{2}']) {
            return Err(Box::new(yaml_syntax::control_character(place)));
        }
        let tag = self.tag(tag, place)?;
        let as_text = tag == Found::Text;
        let plain = style == ScalarStyle::Plain && !as_text;
        let value = match text {
            "" | "~" | "null" | "Null" | "NULL" if plain => Value::Null,
            text => Value::Text(Text { text: text.to_owned(), plain, variable: None }),
        };
        self.spend(1, text.len(), place)?;
        self.add(Node { span: place, tag: tag.known(), value }, anchor)
    }

    fn tag(&self, tag: Option<&granit_parser::Tag>, place: Span) -> Result<Found, Box<Diagnostic>> {
        let Some(tag) = tag else { return Ok(Found::Nothing) };
        match (tag.core_suffix(), tag.to_string().trim_start_matches('!')) {
            (Some("str"), _) => Ok(Found::Text),
            (Some(_), _) => Ok(Found::Nothing),
            (None, "reset") => Ok(Found::Known(Tag::Reset)),
            (None, "override") => Ok(Found::Known(Tag::Override)),
            (None, "") => Ok(Found::Text),
            (None, name) => Err(Box::new(yaml_syntax::unknown_tag(name, place))),
        }
    }

    fn enter(&mut self, is_map: bool, anchor: usize, tag: Option<Cow<'_, granit_parser::Tag>>, place: Span) -> Step {
        let tag = self.tag(tag.as_deref(), place)?.known();
        self.deep(1, place)?;
        self.spend(1, 0, place)?;
        self.open.push(Open { span: place, tag, anchor, items: Vec::new(), is_map });
        Ok(())
    }

    fn leave(&mut self, sink: &mut Sink) -> Step {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = if open.is_map { Value::Map(entries(open.items, sink)?) } else { Value::List(open.items) };
        self.add(Node { span: open.span, tag: open.tag, value }, open.anchor)
    }

    fn alias(&mut self, anchor: usize, place: Span) -> Step {
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(Box::new(yaml_syntax::alias_of_itself(place)));
        };
        let (node, nodes, bytes, depth) = (anchored.node.clone(), anchored.nodes, anchored.bytes, anchored.depth);
        self.deep(depth, place)?;
        self.spend(nodes, bytes, place)?;
        self.add(node, 0)
    }

    fn deep(&self, more: usize, place: Span) -> Step {
        if self.open.len() + more > DEPTH {
            return Err(Box::new(yaml_too_large::too_deep(DEPTH, place)));
        }
        Ok(())
    }

    /// Counts before anything is copied.
    fn spend(&mut self, nodes: usize, bytes: usize, place: Span) -> Step {
        self.nodes += nodes;
        self.bytes += bytes;
        if self.nodes > NODES || self.bytes > BYTES {
            return Err(Box::new(yaml_too_large::too_large(NODES, place)));
        }
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) -> Step {
        if anchor != 0 {
            let (nodes, bytes, depth) = measure(&node);
            self.deep(depth, node.span)?;
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, bytes, depth });
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.document = Some(node),
        }
        Ok(())
    }
}

/// What a tag means.
#[derive(PartialEq, Eq)]
enum Found {
    Nothing,
    Text,
    Known(Tag),
}

impl Found {
    const fn known(&self) -> Option<Tag> {
        match self {
            Self::Known(tag) => Some(*tag),
            _ => None,
        }
    }
}

/// Nodes, bytes and levels of a tree.
fn measure(node: &Node) -> (usize, usize, usize) {
    let mut sum = (1, 0, 0);
    let mut add = |child: &Node| {
        let (nodes, bytes, depth) = measure(child);
        sum = (sum.0 + nodes, sum.1 + bytes, sum.2.max(depth + 1));
    };
    match &node.value {
        Value::Null => {}
        Value::Text(text) => sum.1 += text.text.len(),
        Value::List(items) => {
            items.iter().for_each(&mut add);
            sum.2 = sum.2.max(1);
        }
        Value::Map(entries) => {
            entries.iter().for_each(|entry| add(&entry.value));
            sum.1 += entries.iter().map(|entry| entry.key.len()).sum::<usize>();
            sum.2 = sum.2.max(1);
        }
    }
    sum
}

/// Keys and values in turn as entries: each key once, and `<<` replaced by what it brings in.
fn entries(items: Vec<Node>, sink: &mut Sink) -> Result<Vec<Entry>, Box<Diagnostic>> {
    let mut entries: Vec<Entry> = Vec::with_capacity(items.len() / 2);
    let mut known: BTreeMap<String, Span> = BTreeMap::new();
    let mut merged: Vec<Entry> = Vec::new();
    let mut items = items.into_iter();
    while let (Some(key), Some(value)) = (items.next(), items.next()) {
        let span = key.span;
        let name = match key.value {
            Value::Text(text) => text.text,
            Value::Null => String::new(),
            _ => return Err(Box::new(yaml_syntax::odd_key(span))),
        };
        if name == "<<" {
            merge(value, span, &mut merged)?;
            continue;
        }
        match known.get(&name) {
            Some(first) => sink.push(defined_twice(&format!("`{name}`"), span, *first)),
            None => {
                known.insert(name.clone(), span);
                entries.push(Entry { key: Spanned::new(name, span), value });
            }
        }
    }
    for entry in merged {
        if !known.contains_key(&entry.key.value) {
            known.insert(entry.key.value.clone(), entry.key.span);
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// What a merge key brings in: a map, or maps of which an earlier one wins.
fn merge(value: Node, key: Span, merged: &mut Vec<Entry>) -> Result<(), Box<Diagnostic>> {
    match value.value {
        Value::Map(more) => {
            merged.extend(more);
            Ok(())
        }
        Value::List(maps) => maps.into_iter().try_for_each(|map| match map.value {
            Value::Map(more) => {
                merged.extend(more);
                Ok(())
            }
            _ => Err(Box::new(yaml_syntax::no_map_to_merge(map.kind(), key, map.span))),
        }),
        _ => Err(Box::new(yaml_syntax::no_map_to_merge(value.kind(), key, value.span))),
    }
}
