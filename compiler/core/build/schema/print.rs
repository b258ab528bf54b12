//! Prints the tables as Rust.

use super::{Attribute, Block, By, Life, Tables};
use std::fmt::Write as _;

pub(super) fn print(tables: &Tables) -> String {
    let mut out = String::from("/// Every language, sorted by name.\npub static LANGUAGES: &[Language] = &[\n");
    for (name, root) in &tables.languages {
        let _ = writeln!(out, "    Language {{ name: {name:?}, root: &B{root} }},");
    }
    out.push_str("];\n");
    for (at, block) in tables.blocks.iter().enumerate() {
        print_block(&mut out, at, block);
    }
    out
}

fn print_block(out: &mut String, at: usize, block: &Block) {
    let occurs = match (block.many, block.repeats) {
        (_, true) => "Repeats",
        (true, false) => "Many",
        (false, false) => "Once",
    };
    let _ = writeln!(out, "static B{at}: BlockType = BlockType {{");
    let _ = writeln!(out, "    name: {:?}, labels: &{:?}, occurs: Occurs::{occurs},", block.name, block.labels);
    out.push_str("    attributes: &[\n");
    for (name, attribute) in &block.attributes {
        print_attribute(out, name, attribute);
    }
    let required = places(block, |attribute| attribute.required);
    let limited = places(block, |it| !it.one_of.is_empty() || it.least.is_some() || it.most.is_some());
    let _ = writeln!(out, "    ],\n    required: &{required:?}, limited: &{limited:?},");
    let _ = writeln!(out, "    attribute_keys: &[{}],", keys(block.attributes.keys()));
    let _ = writeln!(out, "    block_keys: &[{}],", keys(block.blocks.keys()));
    out.push_str("    blocks: &[");
    for at in block.blocks.values() {
        let _ = write!(out, "&B{at}, ");
    }
    let open = block.open.map_or_else(|| "None".to_owned(), |ty| format!("Some(Type::{ty})"));
    let _ = writeln!(
        out,
        "],\n    open: {open}, as_attribute: {}, body_by: {}, partial: {},",
        block.as_attribute,
        body_by(block),
        block.partial
    );
    let _ = writeln!(out, "    doc: {:?}, life: {},\n}};", block.doc, life(&block.life));
}

/// How the names begin, worked out when the compiler is compiled.
fn keys<'n>(names: impl Iterator<Item = &'n String>) -> String {
    names.map(|name| format!("key({name:?}), ")).collect()
}

/// Where those of a block's attributes stand that something holds for.
fn places(block: &Block, holds: impl Fn(&Attribute) -> bool) -> Vec<usize> {
    block.attributes.values().enumerate().filter(|(_, attribute)| holds(attribute)).map(|(at, _)| at).collect()
}

fn print_attribute(out: &mut String, name: &str, attribute: &Attribute) {
    let Attribute { ty, required, one_of, least, most, doc, life: lived } = attribute;
    let _ = writeln!(
        out,
        "        AttributeType {{ name: {name:?}, ty: Type::{ty}, required: {required}, one_of: &{one_of:?}, least: {least:?}, most: {most:?}, doc: {doc:?}, life: {} }},",
        life(lived)
    );
}

fn body_by(block: &Block) -> String {
    let Some(By { prefix, by, default }) = &block.body_by else { return "None".to_owned() };
    format!("Some(BodyBy {{ prefix: {prefix:?}, by: By::{by}, default: {default:?} }})")
}

fn life(life: &Life) -> String {
    let Life { since, deprecated, ignored, removed } = life;
    format!("Life {{ since: {since:?}, deprecated: {deprecated:?}, ignored: {ignored:?}, removed: {removed:?} }}")
}
