//! `(any)`, `(list)`, `(map)` and `(block)` before the name of a node: what it is, where no table says so or the table says otherwise.
//!
//! A driver gets its `config` as it is written, and other programs theirs; so there, and only there, a person may say what a node is.

use super::Decoder;
use super::codes::unknown_annotation;
use super::value::Want;
use crate::nomad::schema::Type;
use hlmc_syntax::NodeRef;

/// What an annotation before a name says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value, whatever the table asks for.
    Any,
    /// A list, of any number of values.
    List,
    /// Names with values, and no block.
    Map,
    /// A block, and no names with values.
    Block,
}

impl Decoder<'_> {
    /// What the annotation before a name says; reports one that has no meaning there.
    pub(super) fn shape(&mut self, node: NodeRef<'_, '_>) -> Option<Shape> {
        let annotation = node.ty()?;
        let shape = match annotation.text {
            "any" => Some(Shape::Any),
            "list" => Some(Shape::List),
            "map" => Some(Shape::Map),
            "block" => Some(Shape::Block),
            _ => None,
        };
        let shape = shape.filter(|_| self.is_handed_on());
        if shape.is_none() {
            let span = self.span(annotation.span);
            self.report(unknown_annotation::annotated_node(node.name(), annotation.text, span));
        }
        shape
    }

    /// Whether Nomad hands on what stands here without reading it.
    pub(super) fn is_handed_on(&self) -> bool {
        self.scopes.iter().any(|scope| scope.ty.body_by.is_some() || scope.open == Some(Type::Any))
    }
}

impl Shape {
    /// What a node of this shape is wanted for.
    pub(super) const fn want(self, name: &str) -> Want<'_> {
        Want::open(
            name,
            match self {
                Self::List => Type::List,
                Self::Map => Type::Map,
                Self::Any | Self::Block => Type::Any,
            },
        )
    }
}
