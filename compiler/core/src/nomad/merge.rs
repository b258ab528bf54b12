//! Laying one body over another, by name: what a person writes over what is generated.

use super::form::{Attribute, Block, Body, ValueKind};
use super::schema::{BlockType, Occurs};

impl Body {
    /// Lays `over` over this body: an attribute replaces the one of its name, a block is merged into the one of its name and
    /// labels, and what has no counterpart is added at the end.
    ///
    /// Of several with the same labels (`check "http"`), the first is laid over the first, and so on.
    ///
    /// `ty` describes the body. It tells blocks that have no label and may stand several times (`constraint`, `template`):
    /// those are always added, since nothing says which of them is meant. Where nothing is known of a block, it counts as
    /// one that stands once.
    pub fn merge(&mut self, over: Self, ty: Option<&BlockType>) {
        if self.attributes.is_empty() && self.blocks.is_empty() {
            *self = over;
            return;
        }
        self.attributes.reserve_exact(over.attributes.len());
        self.blocks.reserve_exact(over.blocks.len());
        for attribute in over.attributes {
            self.set_attribute(attribute);
        }
        // Which blocks of the base have their counterpart.
        let mut paired = vec![false; self.blocks.len()];
        for block in over.blocks {
            let Some(at) = self.counterpart(&block, &paired) else {
                self.blocks.push(block);
                continue;
            };
            let known = ty.and_then(|ty| ty.block(&block.name));
            if block.labels.is_empty() && known.is_some_and(|ty| ty.occurs == Occurs::Many) {
                self.blocks.push(block);
            } else {
                paired[at] = true;
                self.blocks[at].body.merge(block.body, known);
            }
        }
    }

    /// Takes out every attribute that is null, here and in all blocks: what was to be as if nobody had written it.
    pub fn drop_nulls(&mut self) {
        self.attributes.retain(|attribute| attribute.value.kind != ValueKind::Null);
        self.blocks.iter_mut().for_each(|block| block.body.drop_nulls());
    }

    fn set_attribute(&mut self, attribute: Attribute) {
        match self.attributes.iter_mut().find(|base| base.name == attribute.name) {
            Some(base) => *base = attribute,
            None => self.attributes.push(attribute),
        }
    }

    /// The block that one is laid over: the first like it that isn't paired with another.
    fn counterpart(&self, block: &Block, paired: &[bool]) -> Option<usize> {
        self.blocks.iter().zip(paired).position(|(base, paired)| !paired && is_same(base, block))
    }
}

fn is_same(one: &Block, other: &Block) -> bool {
    one.name == other.name && same_labels(one, other)
}

fn same_labels(one: &Block, other: &Block) -> bool {
    one.labels.len() == other.labels.len() && one.labels.iter().zip(&other.labels).all(|(a, b)| a.value == b.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomad::form::Value;
    use crate::nomad::schema::key;
    use crate::source::{Span, Spanned};

    static CONSTRAINT: BlockType = block_type("constraint", Occurs::Many, &[]);
    static UPDATE: BlockType = block_type("update", Occurs::Once, &[]);
    static JOB: BlockType = BlockType {
        block_keys: &[key("constraint"), key("update")],
        ..block_type("job", Occurs::Once, &[&CONSTRAINT, &UPDATE])
    };

    const fn block_type(name: &'static str, occurs: Occurs, blocks: &'static [&'static BlockType]) -> BlockType {
        BlockType { name, occurs, blocks, ..BlockType::EMPTY }
    }

    fn block(name: &'static str, label: Option<&str>, values: &[(&'static str, i64)]) -> Block {
        let mut block = Block::new(name, Span::default());
        block.labels = label.map(|label| Spanned::new(label.to_owned(), Span::default())).into_iter().collect();
        for (name, value) in values {
            block.body.set(*name, Value::int(*value, Span::default()));
        }
        block
    }

    fn body(blocks: impl IntoIterator<Item = Block>) -> Body {
        Body { attributes: Vec::new(), blocks: blocks.into_iter().collect() }
    }

    #[test]
    fn an_attribute_replaces_and_keeps_its_place() {
        let mut base = block("job", None, &[("count", 1), ("priority", 50)]).body;
        base.merge(block("job", None, &[("count", 3), ("canary", 1)]).body, Some(&JOB));
        assert_eq!(base, block("job", None, &[("count", 3), ("priority", 50), ("canary", 1)]).body);
    }

    #[test]
    fn blocks_merge_by_name_and_labels() {
        let mut base = body([block("group", Some("a"), &[("x", 1)]), block("group", Some("b"), &[("x", 1)])]);
        base.merge(body([block("group", Some("b"), &[("y", 2)]), block("group", Some("c"), &[("z", 3)])]), None);
        let expected = [
            block("group", Some("a"), &[("x", 1)]),
            block("group", Some("b"), &[("x", 1), ("y", 2)]),
            block("group", Some("c"), &[("z", 3)]),
        ];
        assert_eq!(base, body(expected));
    }

    #[test]
    fn a_block_without_label_that_may_repeat_is_added() {
        let mut base = body([block("constraint", None, &[("x", 1)]), block("update", None, &[("x", 1)])]);
        let over = body([block("constraint", None, &[("x", 2)]), block("update", None, &[("y", 2)])]);
        base.merge(over, Some(&JOB));
        let expected = [
            block("constraint", None, &[("x", 1)]),
            block("update", None, &[("x", 1), ("y", 2)]),
            block("constraint", None, &[("x", 2)]),
        ];
        assert_eq!(base, body(expected));
    }

    #[test]
    fn blocks_with_the_same_labels_pair_up_in_order() {
        let check = |values: &[(&'static str, i64)]| block("check", Some("http"), values);
        let mut base = body([check(&[("x", 1)])]);
        base.merge(body([check(&[("y", 2)]), check(&[("z", 3)]), check(&[("z", 4)])]), None);
        assert_eq!(base, body([check(&[("x", 1), ("y", 2)]), check(&[("z", 3)]), check(&[("z", 4)])]));
    }
}
