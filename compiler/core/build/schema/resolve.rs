//! Resolves the nodes of one scope into blocks: `use` and `use-body` become what they name.

use super::read::Node;
use super::{Attribute, Block, By, Fault, Life, Tables, limit};
use std::collections::BTreeMap;

/// Names of types in the tables and in Rust.
const TYPES: &[(&str, &str)] = &[
    ("any", "Any"),
    ("bool", "Bool"),
    ("duration", "Duration"),
    ("float", "Float"),
    ("int", "Int"),
    ("ints", "Ints"),
    ("list", "List"),
    ("map", "Map"),
    ("map-list", "MapList"),
    ("megabytes", "Megabytes"),
    ("size", "Size"),
    ("string", "Str"),
    ("string-map", "StringMap"),
    ("strings", "Strings"),
    ("time", "Time"),
];

const LIFE: &[&str] = &["since", "deprecated", "ignored", "removed"];
const BLOCK: &[&str] =
    &["label", "many", "repeats", "open", "as-attribute", "partial", "body", "body-by", "by", "default", "doc"];
const USE: &[&str] = &["as", "many", "doc"];
const ATTRIBUTE: &[&str] = &["required", "one-of", "least", "most", "doc"];

struct Scope<'a> {
    shared: BTreeMap<&'a str, &'a Node>,
    bodies: BTreeMap<&'a str, &'a Node>,
    /// Blocks that `use` has made, by all that the `use` says, so that a block can hold itself.
    used: BTreeMap<String, usize>,
    /// The bodies whose `use-body` is under way.
    using: Vec<&'a str>,
    tables: &'a mut Tables,
    faults: &'a mut Vec<Fault>,
}

/// Adds the languages of one scope to the tables.
pub(super) fn resolve(nodes: &[Node], tables: &mut Tables, faults: &mut Vec<Fault>) {
    let (shared, bodies, used) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut scope = Scope { shared, bodies, used, using: Vec::new(), tables, faults };
    for node in nodes {
        let name = scope.name(node);
        let twice = match node.name.as_str() {
            "shared" => scope.shared.insert(name, node).is_some(),
            "body" => scope.bodies.insert(name, node).is_some(),
            "language" => false,
            other => {
                scope.fault(node, format!("`{other}` can't stand here: `language`, `shared` or `body`"));
                false
            }
        };
        if twice {
            scope.fault(node, format!("`{name}` is there twice"));
        }
    }
    for node in nodes.iter().filter(|node| node.name == "language") {
        let name = scope.name(node);
        let root = scope.block(node, name, node);
        if scope.tables.languages.insert(name.to_owned(), root).is_some() {
            scope.fault(node, format!("language `{name}` is there twice"));
        }
    }
}

impl<'a> Scope<'a> {
    fn fault(&mut self, node: &Node, what: impl AsRef<str>) {
        self.faults.push(format!("{}: {}", node.place, what.as_ref()));
    }

    fn name(&mut self, node: &'a Node) -> &'a str {
        match node.arguments.as_slice() {
            [name, ..] => name,
            [] => {
                self.fault(node, format!("`{}` needs a name", node.name));
                ""
            }
        }
    }

    /// Makes the block that `node` describes; `user` is the `use` that asks for it, or `node` itself.
    fn block(&mut self, node: &'a Node, name: &str, user: &Node) -> usize {
        self.check(node, BLOCK);
        let at = self.tables.blocks.len();
        self.tables.blocks.push(Block::default());
        if !std::ptr::eq(node, user) {
            self.check(user, USE);
            self.used.insert(signature(user), at);
        }
        let property = |name: &str| user.property(name).or_else(|| node.property(name));
        let mut block = Block {
            name: name.to_owned(),
            place: node.place.clone(),
            labels: words(node.property("label")),
            many: property("many") == Some("true"),
            repeats: property("repeats") == Some("true"),
            open: self.ty(node, node.property("open")),
            as_attribute: node.property("as-attribute") == Some("true"),
            partial: node.property("partial") == Some("true"),
            body: node.property("body").map(str::to_owned),
            body_by: self.body_by(node),
            doc: property("doc").unwrap_or_default().to_owned(),
            life: life(&property),
            ..Block::default()
        };
        let using = std::mem::take(&mut self.using);
        self.items(node, &mut block);
        self.using = using;
        if block.doc.is_empty() && node.name != "language" {
            self.fault(node, format!("block `{name}` has no doc"));
        }
        self.tables.blocks[at] = block;
        at
    }

    fn body_by(&mut self, node: &Node) -> Option<By> {
        let prefix = node.property("body-by")?.to_owned();
        let by = match node.property("by") {
            None | Some("label") => "Label".to_owned(),
            Some("parent-label") => "ParentLabel".to_owned(),
            Some(name) => format!("Attribute({name:?})"),
        };
        Some(By { prefix, by, default: node.property("default").map(str::to_owned) })
    }

    fn items(&mut self, node: &'a Node, block: &mut Block) {
        for item in &node.children {
            match item.name.as_str() {
                "doc" if block.doc.is_empty() => self.name(item).clone_into(&mut block.doc),
                "doc" => {}
                "attr" => self.attribute(item, block),
                "block" => {
                    let name = self.name(item);
                    let made = self.block(item, name, item);
                    self.add(item, name, made, block);
                }
                "use" => {
                    let Some(shared) = self.find(item, |scope| &scope.shared) else { continue };
                    let name = item.property("as").unwrap_or_else(|| item.arguments[0].as_str());
                    let made = match self.used.get(&signature(item)) {
                        Some(made) => *made,
                        None => self.block(shared, name, item),
                    };
                    self.add(item, name, made, block);
                }
                "use-body" => self.use_body(item, block),
                other => self.fault(item, format!("`{other}` can't stand here: `attr`, `block`, `use` or `use-body`")),
            }
        }
    }

    fn use_body(&mut self, item: &'a Node, block: &mut Block) {
        let Some(body) = self.find(item, |scope| &scope.bodies) else { return };
        let name = item.arguments[0].as_str();
        if self.using.contains(&name) {
            self.fault(item, format!("body `{name}` holds itself"));
            return;
        }
        self.using.push(name);
        self.items(body, block);
        self.using.pop();
    }

    fn find(&mut self, item: &'a Node, among: fn(&Self) -> &BTreeMap<&'a str, &'a Node>) -> Option<&'a Node> {
        let name = self.name(item);
        let found = among(self).get(name).copied();
        if found.is_none() {
            self.fault(item, format!("`{}` finds nothing called `{name}`", item.name));
        }
        found
    }

    fn add(&mut self, item: &Node, name: &str, made: usize, block: &mut Block) {
        if block.attributes.contains_key(name) || block.blocks.insert(name.to_owned(), made).is_some() {
            self.fault(item, format!("`{name}` is there twice"));
        }
    }

    fn attribute(&mut self, item: &'a Node, block: &mut Block) {
        self.check(item, ATTRIBUTE);
        let name = self.name(item);
        let Some(ty) = self.ty(item, Some(item.arguments.get(1).map_or("", String::as_str))) else { return };
        let one_of = words(item.property("one-of"));
        if item.property("one-of").is_some() && (one_of.is_empty() || !matches!(ty, "Str" | "Strings")) {
            self.fault(item, "`one-of` lists the texts that a string may be");
        }
        let property = |name: &str| item.property(name);
        let attribute = Attribute {
            ty,
            required: item.property("required") == Some("true"),
            one_of,
            least: self.limit(item, ty, "least"),
            most: self.limit(item, ty, "most"),
            doc: item.property("doc").unwrap_or_default().to_owned(),
            life: life(&property),
        };
        if block.blocks.contains_key(name) || block.attributes.insert(name.to_owned(), attribute).is_some() {
            self.fault(item, format!("`{name}` is there twice"));
        }
    }

    fn limit(&mut self, item: &Node, ty: &str, name: &str) -> Option<i64> {
        let text = item.property(name)?;
        let limit = limit::read(text, ty);
        if limit.is_none() {
            self.fault(item, format!("`{text}` is no limit for this type"));
        }
        limit
    }

    fn ty(&mut self, node: &Node, name: Option<&str>) -> Option<&'static str> {
        let name = name?;
        let found = TYPES.iter().find(|(known, _)| *known == name);
        if found.is_none() {
            self.fault(node, format!("there is no type `{name}`"));
        }
        found.map(|(_, rust)| *rust)
    }

    fn check(&mut self, node: &Node, known: &[&str]) {
        let unknown = |name: &&str| !known.contains(name) && !LIFE.contains(name);
        if let Some(name) = node.properties.iter().map(|(name, _)| name.as_str()).find(unknown) {
            self.fault(node, format!("`{}` has no property `{name}`", node.name));
        }
    }
}

fn signature(user: &Node) -> String {
    format!("{:?} {:?}", user.arguments, user.properties)
}

fn words(text: Option<&str>) -> Vec<String> {
    text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

fn life<'p>(property: &impl Fn(&str) -> Option<&'p str>) -> Life {
    let text = |name| property(name).map(str::to_owned);
    Life { since: text("since"), deprecated: text("deprecated"), ignored: text("ignored"), removed: text("removed") }
}
