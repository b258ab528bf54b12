//! The core form as nodes: each block and attribute as its table has it, and marked where no table does.

use super::kdl::{Entry, Node, Scalar, WIDE};
use super::origin::Origin;
use crate::decode::hcl::{CLOSE, OPEN};
use crate::decode::scope::Scope;
use crate::decode::{ANYTHING, LANGUAGES, units};
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::nomad::schema::{BlockType, By, Occurs, Type};

/// Texts of more lines become files beside the manifest.
const LONG: usize = 10;

/// Blocks whose lines stay below each other.
const CONTAINERS: [&str; 10] =
    ["job", "group", "task", "sidecar", "init", "nomad", "nomad-group", "nomad-task", "config", "resources"];

/// Makes nodes of one job or service.
pub(super) struct Nodes<'o> {
    /// Where it comes from.
    pub(super) origin: &'o Origin<'o>,
    /// Long texts, by the names of their files.
    pub(super) files: Vec<(String, String)>,
}

/// The tables of a body.
#[derive(Clone, Copy)]
struct Place {
    scope: Scope,
    /// Whether Nomad hands on what stands here without reading it.
    handed_on: bool,
}

impl<'o> Nodes<'o> {
    pub(super) const fn new(origin: &'o Origin<'o>) -> Self {
        Self { origin, files: Vec::new() }
    }

    /// A block of a known type.
    pub(super) fn of(&mut self, block: &Block, ty: &'static BlockType) -> Node {
        let place = Place { scope: Scope::chosen(ty, |_| None, LANGUAGES), handed_on: false };
        self.unfolded(head(block), block, place)
    }

    fn with_body(&mut self, node: Node, block: &Block, place: Place) -> Node {
        let node = self.unfolded(node, block, place);
        self.folded(node)
    }

    fn unfolded(&mut self, mut node: Node, block: &Block, place: Place) -> Node {
        let mut children: Vec<Node> = Vec::new();
        for attribute in &block.body.attributes {
            match self.as_blocks(attribute, block, place) {
                Some(blocks) => children.extend(blocks),
                None => children.push(self.attribute(attribute, block, place)),
            }
        }
        for inner in &block.body.blocks {
            children.push(self.block(inner, block, place));
        }
        node.children = Some(in_order(children));
        node.origin = Some(block.span.start);
        node
    }

    /// A list of maps as the blocks that it stands for: the driver takes them for the same.
    fn as_blocks(&mut self, attribute: &Attribute, outer: &Block, place: Place) -> Option<Vec<Node>> {
        let ValueKind::List(list) = &attribute.value.kind else { return None };
        let known = place.scope.block(&attribute.name).filter(|ty| place.handed_on && ty.occurs == Occurs::Many)?;
        if list.is_empty() || !known.labels.is_empty() || outer.body.block(&attribute.name).is_some() {
            return None;
        }
        let mut nodes = Vec::new();
        for value in list {
            let ValueKind::Map(map) = &value.kind else { return None };
            let mut block = Block::new(known.name, attribute.name_span);
            for (key, value) in map {
                let ty = known.attribute(&key.value)?;
                plain(ty.name, value, ty.ty, place)?;
                let attribute =
                    Attribute { name: ty.name.into(), name_span: attribute.name_span, value: value.clone() };
                block.body.attributes.push(attribute);
            }
            nodes.push(self.block(&block, outer, place));
        }
        Some(nodes)
    }

    fn block(&mut self, block: &Block, outer: &Block, place: Place) -> Node {
        let known = place.scope.block(&block.name);
        if let Some(ty) = known.filter(|ty| ty.labels.len() == block.labels.len()) {
            let text = |by| match by {
                By::Attribute(name) => outer.body.str(name).map(|text| text.value.to_owned()),
                By::Label => block.label().map(|label| label.value.clone()),
                By::ParentLabel => outer.label().map(|label| label.value.clone()),
            };
            let scope = Scope::chosen(ty, text, LANGUAGES);
            let handed_on = place.handed_on || ty.body_by.is_some() || scope.open == Some(Type::Any);
            return self.with_body(head(block), block, Place { scope, handed_on });
        }
        let inner = Place { scope: Scope::of(&ANYTHING), handed_on: true };
        let mut node = self.with_body(head(block), block, inner);
        let is_plain = match place.scope.attribute(&block.name) {
            // `labels { a = "b" }`: the same to the driver as a list of one map.
            Some(known) => known.ty == Type::MapList && is_texts(block) && outer.body.blocks(&block.name).count() == 1,
            None => known.is_none() && place.scope.open == Some(Type::Any),
        };
        if !is_plain {
            node.ty = Some("block");
        }
        node
    }

    fn attribute(&mut self, attribute: &Attribute, outer: &Block, place: Place) -> Node {
        let name = attribute.name.to_string();
        if let Some(node) = self.beside(attribute, outer) {
            return node;
        }
        let known = place.scope.attribute(&name);
        let ty =
            known.map(|known| known.ty).or(if place.scope.block(&name).is_some() { None } else { place.scope.open });
        let mut node = ty
            .and_then(|ty| plain(&name, &attribute.value, ty, place))
            .unwrap_or_else(|| shaped(&name, &attribute.value));
        node.origin = Some(attribute.name_span.start);
        node
    }

    /// A long template, whose text goes into a file.
    fn beside(&mut self, attribute: &Attribute, outer: &Block) -> Option<Node> {
        let ValueKind::Str(text) = &attribute.value.kind else { return None };
        if outer.name != "template" || attribute.name != "data" || text.lines().count() <= LONG || text.contains('\0') {
            return None;
        }
        let target = outer.body.str("destination").map_or("", |target| target.value);
        let file = self.file_name(target);
        self.files.push((file.clone(), text.clone()));
        let mut node = Node::new("data").tagged("file", file);
        node.origin = Some(attribute.name_span.start);
        Some(node)
    }

    /// A name for the file that a template is kept in, after what it is rendered to.
    fn file_name(&self, target: &str) -> String {
        let name = target.rsplit('/').next().unwrap_or_default();
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
        let name: String = name.trim_start_matches('.').chars().take(80).map(plain).collect();
        let name = if name.is_empty() { "template".to_owned() } else { name };
        // What is read as a manifest or a job file would be taken for one.
        let is_ours = [".kdl", ".hcl", ".nomad"].iter().any(|ending| name.ends_with(ending));
        let name = if is_ours { format!("{name}.tpl") } else { name };
        let is_taken = |name: &str| self.files.iter().any(|(known, _)| known == name);
        if !is_taken(&name) {
            return name;
        }
        let (stem, ending) =
            name.rsplit_once('.').map_or((name.as_str(), String::new()), |(stem, end)| (stem, format!(".{end}")));
        (2..).map(|at| format!("{stem}-{at}{ending}")).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// A block whose single values stand on its own line, where they fit there.
    fn folded(&self, mut node: Node) -> Node {
        let Some(children) = node.children.take() else { return node };
        let simple = children.iter().filter(|child| is_simple(child)).count();
        let rest = children.len() - simple;
        let width = node.width() + children.iter().filter(|child| is_simple(child)).map(Node::width).sum::<usize>();
        let most = match &*node.name {
            "env" | "meta" => 2,
            "resources" if rest == 0 => 5,
            name if CONTAINERS.contains(&name) => 0,
            _ if rest > 0 => 4,
            _ => 6,
        };
        let depth = 12;
        let short = children.len() == 1 || children.len() == 2 && children.iter().all(|child| child.entries.len() == 1);
        node.inline = short && matches!(&*node.name, "nomad" | "nomad-group" | "nomad-task" | "config");
        if simple == 0 || simple > most || width + depth > WIDE || self.origin.has_comment(node.origin) {
            node.children = Some(children);
            return node;
        }
        let (simple, rest): (Vec<Node>, Vec<Node>) = children.into_iter().partition(is_simple);
        for child in simple {
            let value = child.entries.into_iter().next();
            node.entries.extend(value.map(|entry| Entry { name: Some(child.name), ..entry }));
        }
        node.children = (!rest.is_empty()).then_some(rest);
        node
    }
}

/// A block's name and labels.
fn head(block: &Block) -> Node {
    block.labels.iter().fold(Node::new(block.name.clone()), |node, label| node.arg(label.as_str()))
}

/// Children as they stood in the text they come from, unless that would change the order of those with one name.
fn in_order(children: Vec<Node>) -> Vec<Node> {
    let mut sorted = children.clone();
    sorted.sort_by_key(|node| node.origin.unwrap_or(u32::MAX));
    let names: std::collections::BTreeSet<&str> = children.iter().map(|node| &*node.name).collect();
    let keeps = names.into_iter().all(|name| {
        let of =
            |nodes: &[Node]| nodes.iter().filter(|node| node.name == name).map(|node| node.origin).collect::<Vec<_>>();
        let (before, after) = (of(&children), of(&sorted));
        before == after && before.windows(2).all(|pair| pair[0] != pair[1])
    });
    if keeps { sorted } else { children }
}

/// Whether a node could as well be a property.
fn is_simple(node: &Node) -> bool {
    node.ty.is_none()
        && node.children.is_none()
        && node.entries.len() == 1
        && node.entries[0].name.is_none()
        && node.name != "-"
        && !node.is_long()
}

/// Whether a block holds texts and nothing else.
fn is_texts(block: &Block) -> bool {
    block.labels.is_empty()
        && block.body.blocks.is_empty()
        && block.body.attributes.iter().all(|attribute| matches!(attribute.value.kind, ValueKind::Str(_)))
}

/// A single value.
fn scalar(value: &Value) -> Option<Scalar> {
    Some(match &value.kind {
        ValueKind::Null => Scalar::Null,
        ValueKind::Bool(truth) => Scalar::Bool(*truth),
        ValueKind::Int(number) => Scalar::Int(*number),
        ValueKind::Float(number) => Scalar::Float(*number),
        ValueKind::Str(text) => Scalar::Text(text.clone()),
        _ => return None,
    })
}

/// An attribute as its table has it; nothing where the value is none of what that asks for.
fn plain(name: &str, value: &Value, ty: Type, place: Place) -> Option<Node> {
    let node = Node::new(name.to_owned());
    let one = |scalar: Scalar| Some(Node::new(name.to_owned()).arg(scalar));
    match (ty, &value.kind) {
        // What is filled in becomes what is asked for.
        (_, ValueKind::Str(text)) if text.starts_with(OPEN) && text.ends_with(CLOSE) => one(scalar(value)?),
        (Type::Bool, ValueKind::Bool(true)) if matches!(name, "privileged" | "distinct-hosts") => Some(node),
        (Type::Str | Type::Any, ValueKind::Tagged(tag, text)) => Some(node.tagged(tag.value.name(), text.as_str())),
        (_, ValueKind::Null) if !place.handed_on || ty == Type::Any => one(Scalar::Null),
        (Type::Str | Type::Any | Type::Duration | Type::Time, ValueKind::Str(_))
        | (Type::Int | Type::Megabytes | Type::Any, ValueKind::Int(_))
        | (Type::Float | Type::Any, ValueKind::Float(_))
        | (Type::Bool | Type::Any, ValueKind::Bool(_)) => one(scalar(value)?),
        #[expect(clippy::cast_precision_loss, reason = "a number with a fraction is asked for")]
        (Type::Float, ValueKind::Int(number)) => one(Scalar::Float(*number as f64)),
        (Type::Duration | Type::Time, ValueKind::Int(time)) if !place.handed_on => one(units::time(*time).into()),
        (Type::Size, ValueKind::Int(size)) => one(units::size(*size).into()),
        (Type::Strings, ValueKind::List(list)) => args(node, list, |kind| matches!(kind, ValueKind::Str(_))),
        (Type::Ints, ValueKind::List(list)) => args(node, list, |kind| matches!(kind, ValueKind::Int(_))),
        (Type::StringMap, ValueKind::Map(map))
            if map.iter().all(|(_, value)| matches!(value.kind, ValueKind::Str(_))) =>
        {
            Some(with_entries(node, value))
        }
        (Type::Map, ValueKind::Map(_)) => Some(with_entries(node, value)),
        (Type::MapList, ValueKind::List(list)) if !list.is_empty() && list.iter().all(is_text_map) => {
            match list.as_slice() {
                [one] => Some(with_entries(node, one)),
                several => Some(several.iter().fold(node, |node, map| node.child(with_entries(Node::new("-"), map)))),
            }
        }
        (Type::List | Type::Any, ValueKind::List(list)) => {
            let node = element(name, value);
            (ty == Type::List || !list.is_empty()).then_some(node).filter(|node| node.ty.is_none())
        }
        _ => None,
    }
}

fn args(node: Node, list: &[Value], fits: impl Fn(&ValueKind) -> bool) -> Option<Node> {
    if !list.iter().all(|value| fits(&value.kind)) {
        return None;
    }
    let mut node = list.iter().filter_map(scalar).fold(node, Node::arg);
    node.list = true;
    if list.is_empty() {
        node.children = Some(Vec::new());
    }
    Some(node)
}

fn is_text_map(value: &Value) -> bool {
    matches!(&value.kind, ValueKind::Map(map) if map.iter().all(|(_, value)| matches!(value.kind, ValueKind::Str(_))))
}

fn with_entries(mut node: Node, value: &Value) -> Node {
    if let ValueKind::Map(map) = &value.kind {
        node.children = Some(map.iter().map(|(key, value)| element(&key.value, value)).collect());
    }
    node
}

/// A value where anything may stand.
fn element(name: &str, value: &Value) -> Node {
    let node = Node::new(name.to_owned());
    match &value.kind {
        ValueKind::Map(_) => with_entries(node, value),
        ValueKind::List(list) => {
            let are_single = list.iter().all(|value| scalar(value).is_some());
            let mut node = match are_single {
                true => list.iter().filter_map(scalar).fold(node, Node::arg),
                false => list.iter().fold(node, |node, value| node.child(element("-", value))),
            };
            node.list = are_single;
            if are_single && list.len() < 2 {
                node.ty = Some("list");
                node.children = list.is_empty().then(Vec::new);
            }
            node
        }
        ValueKind::Tagged(tag, text) => node.tagged(tag.value.name(), text.as_str()),
        _ => node.arg(scalar(value).unwrap_or(Scalar::Null)),
    }
}

/// An attribute that says itself what it is.
fn shaped(name: &str, value: &Value) -> Node {
    let ty = match &value.kind {
        ValueKind::List(_) => "list",
        ValueKind::Map(_) => "map",
        _ => "any",
    };
    Node { ty: Some(ty), ..element(name, value) }
}

/// The body of a block, for what is made of several.
pub(super) fn is_empty(body: &Body) -> bool {
    body.attributes.is_empty() && body.blocks.is_empty()
}
