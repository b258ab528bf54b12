//! What has to be laid over a generated body so that it becomes the one that was asked for.

use super::compare::{Place, block as canonical};
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::nomad::schema::Occurs;

/// What `wanted` has that `made` hasn't, `#null` for what is to go; nothing where blocks would have to go. Blocks whose name is `but` are
/// left out on both sides.
pub(super) fn residue(wanted: &Body, made: &Body, place: Place, but: &str) -> Option<Body> {
    let mut over = Body::default();
    for attribute in &wanted.attributes {
        let same = made.attribute(&attribute.name).and_then(|made| place.value(made));
        let value = place.value(attribute);
        if value.is_some() && value != same {
            over.attributes.push(attribute.clone());
        }
    }
    for attribute in &made.attributes {
        let stays = wanted.attribute(&attribute.name).is_some_and(|wanted| place.value(wanted).is_some());
        if !stays && place.value(attribute).is_some() {
            let value = Value { kind: ValueKind::Null, span: attribute.value.span };
            over.attributes.push(Attribute { value, ..attribute.clone() });
        }
    }
    let clashes = |one: &Body, other: &Body| one.attributes.iter().any(|it| other.block(&it.name).is_some());
    if clashes(wanted, made) || clashes(made, wanted) {
        return None;
    }
    let mut names: Vec<&str> = Vec::new();
    for block in wanted.blocks.iter().chain(&made.blocks) {
        if block.name != but && !names.contains(&&*block.name) {
            names.push(&block.name);
        }
    }
    for name in names {
        over.blocks.extend(blocks(wanted, made, name, place)?);
    }
    Some(over)
}

/// The same for the blocks of one name.
fn blocks(wanted: &Body, made: &Body, name: &str, place: Place) -> Option<Vec<Block>> {
    let known = place.block(name);
    let mut made_blocks: Vec<&Block> = made.blocks(name).collect();
    let are_added = known.is_some_and(|ty| ty.occurs == Occurs::Many && ty.labels.is_empty());
    let mut over = Vec::new();
    if are_added {
        let wanted_blocks: Vec<&Block> = wanted.blocks(name).collect();
        let (first, rest) = wanted_blocks.split_at_checked(made_blocks.len())?;
        let same =
            first.iter().zip(&made_blocks).all(|(a, b)| canonical(a, wanted, place) == canonical(b, made, place));
        over.extend(rest.iter().map(|block| (*block).clone()));
        return same.then_some(over);
    }
    for block in wanted.blocks(name) {
        let labels = |block: &Block| block.labels.iter().map(|label| label.value.clone()).collect::<Vec<_>>();
        let Some(at) = made_blocks.iter().position(|made| labels(made) == labels(block)) else {
            over.push(block.clone());
            continue;
        };
        let made_block = made_blocks.remove(at);
        let body = residue(&block.body, &made_block.body, place.within(block, wanted), "")?;
        if !super::nodes::is_empty(&body) {
            over.push(Block { body, ..block.clone() });
        }
    }
    made_blocks.is_empty().then_some(over)
}
