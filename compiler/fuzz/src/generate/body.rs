//! Bodies of blocks: some of the names that the tables list, each with labels and values.

use super::value;
use crate::Random;
use hlmc_core::nomad::schema::{AttributeType, BlockType, By, Occurs, Type};
use hlmc_core::nomad::tables::language;

/// Levels of blocks below the one that is written.
const DEEPEST: usize = 4;

/// Writes bodies as KDL.
pub(super) struct Writer<'r> {
    random: &'r mut Random,
}

impl<'r> Writer<'r> {
    pub(super) const fn new(random: &'r mut Random) -> Self {
        Self { random }
    }

    /// What may stand in the block of this name, wherever the tables have it first; so many things.
    pub(super) fn of(&mut self, name: &str, many: usize) -> String {
        find(name).map(|ty| self.body(ty, "", "", many, 0)).unwrap_or_default()
    }

    /// The same beside what stands there already.
    pub(super) fn beside(&mut self, name: &str, own: &str, many: usize) -> String {
        find(name).map(|ty| self.body(ty, "", own, many, 0)).unwrap_or_default()
    }

    fn body(&mut self, ty: &'static BlockType, label: &str, own: &str, many: usize, depth: usize) -> String {
        let tables = [Some(ty), further(ty, label)];
        let tables = || tables.into_iter().flatten();
        let mut out = String::new();
        let given = |out: &str, name: &str| {
            let stands = |text: &str| text.lines().any(|line| line.trim_start().split([' ', '=']).next() == Some(name));
            stands(own) || stands(out)
        };
        for attribute in tables().flat_map(|ty| ty.attributes).filter(|attribute| attribute.required) {
            if !given(&out, attribute.name) && !self.random.once_in(40) {
                self.attribute(ty, attribute, &mut out);
            }
        }
        let attributes: Vec<&'static AttributeType> = tables().flat_map(|ty| ty.attributes).collect();
        let blocks: Vec<&'static BlockType> = tables().flat_map(|ty| ty.blocks.iter().copied()).collect();
        for _ in 0..many {
            let at = self.random.below(attributes.len() + blocks.len());
            if let Some(attribute) = attributes.get(at) {
                if !given(&out, attribute.name) {
                    self.attribute(ty, attribute, &mut out);
                }
            } else if let Some(block) = blocks.get(at - attributes.len())
                && depth < DEEPEST
            {
                self.block(block, own, depth, &mut out);
            }
        }
        if let Some(open) = tables().find_map(|ty| ty.open) {
            for _ in 0..self.random.below(3) {
                let name = value::key(self.random);
                if !given(&out, name) {
                    let (value, _) = value::of_type(self.random, "", name, open);
                    out.push_str(&format!("{name} {value}\n"));
                }
            }
        }
        out
    }

    fn attribute(&mut self, ty: &BlockType, attribute: &AttributeType, out: &mut String) {
        if !attribute.life.is_read() && !self.random.once_in(50) {
            return;
        }
        let (value, list) = match attribute.one_of {
            [] => value::of_type(self.random, ty.name, attribute.name, attribute.ty),
            words => {
                let word = self.random.pick(words);
                (if self.random.once_in(60) { value::wrong(self.random) } else { format!("{word:?}") }, false)
            }
        };
        out.push_str(&format!("{} {value}\n", attribute.name));
        if list && self.random.once_in(30) {
            out.push_str(&format!("{}=1\n", attribute.name));
        }
    }

    fn block(&mut self, ty: &'static BlockType, own: &str, depth: usize, out: &mut String) {
        let mut labels = String::new();
        let mut first = "";
        for at in 0..ty.labels.len() {
            let label = value::label(self.random, ty.name, at);
            first = if at == 0 { label } else { first };
            labels.push_str(&format!(" {label:?}"));
        }
        let many = self.random.below(4);
        let stands = |line: &str| {
            let rest = line.trim_start().strip_prefix(ty.name).filter(|rest| rest.starts_with([' ', '{']));
            rest.is_some_and(|rest| ty.occurs == Occurs::Once || !labels.is_empty() && rest.starts_with(&labels))
        };
        if (own.lines().chain(out.lines()).any(stands)) && !self.random.once_in(50) {
            return;
        }
        let mut body = self.body(ty, first, "", many, depth + 1);
        // A task is none without a program to run.
        if matches!(ty.name, "task") && ty.attribute("driver").is_some() && !self.random.once_in(8) {
            if ty.attribute("image").is_some() {
                body.push_str("image \"side:1\"\narch \"amd64\" \"arm64\"\n");
            } else {
                body = format!("driver \"docker\"\nconfig {{ image \"side:1\" }}\n{}", without_driver(&body));
            }
        } else if ty.name == "group" && !body.contains("task ") {
            body.push_str("task \"only\" {\ndriver \"docker\"\nconfig { image \"only:1\" }\n}\n");
        } else if matches!(ty.name, "sidecar" | "init") && !body.contains("image ") {
            body.push_str("image \"side:1\"\narch \"amd64\" \"arm64\"\n");
        }
        out.push_str(&format!("{}{labels} {{\n{body}}}\n", ty.name));
    }
}

/// A task's body without the lines that choose its driver and configure it.
fn without_driver(body: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for line in body.lines() {
        let starts = line.starts_with("driver ") || line.starts_with("config ");
        let (open, close) = (line.matches('{').count(), line.matches('}').count());
        if depth == 0 && !starts {
            out.push_str(line);
            out.push('\n');
            depth = 0;
        }
        if starts || depth > 0 {
            depth = (depth + open).saturating_sub(close);
        }
    }
    out
}

/// The language of a body that a label or another value chooses.
fn further(ty: &BlockType, label: &str) -> Option<&'static BlockType> {
    let by = ty.body_by?;
    let chooser = match by.by {
        By::Label => label,
        By::Attribute(_) | By::ParentLabel => by.default.unwrap_or("docker"),
    };
    let root = language(&format!("{}{chooser}", by.prefix))?.root;
    Some(root.block(chooser).unwrap_or(root))
}

/// A block of the manifest language or of Nomad's job language.
fn find(name: &str) -> Option<&'static BlockType> {
    let (manifest, job) = (language("manifest")?.root, language("nomad-job")?.root.block("job")?);
    let group = job.block("group")?;
    match name {
        "nomad" => manifest.block("service")?.block("nomad"),
        "group" => Some(group),
        "task" => group.block("task"),
        _ => manifest.block(name),
    }
}

/// Whether a type is written as children.
pub(super) const fn has_children(ty: Type) -> bool {
    matches!(ty, Type::StringMap | Type::Map | Type::MapList | Type::List)
}
