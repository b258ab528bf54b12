//! From KDL nodes to the core form, checked against the tables of the [schema](crate::nomad::schema).
//!
//! The same rules read Nomad's names and our own language: a node is an attribute or a block by its table. What is wrong is
//! reported and left out of the tree, so that later stages see only what holds.

mod body;
pub mod codes;
pub(crate) mod elsewhere;
mod filling;
pub mod hcl;
pub mod manifests;
mod number;
pub mod parameters;
mod scalar;
pub(crate) mod scope;
mod seen;
mod shape;
pub mod syntax;
#[cfg(test)]
mod tests;
pub mod units;
mod value;

use crate::diagnostic::{Diagnostic, Sink};
use crate::nomad::form::Block;
use crate::nomad::schema::{BlockType, Language, Occurs, Type};
use crate::nomad::tables;
use crate::source::{FileId, Span};
use filling::Filling;
use hlmc_syntax::NodeRef;
use parameters::Parameters;
use scope::Scope;

/// Finds a language by its name, for bodies whose language another value chooses.
pub(crate) type Languages = fn(&str) -> Option<&'static Language>;

/// Reads a node that stands at the top of a file in the language whose top is `root`. It is nothing when there is no such
/// block, or when it lacks a label.
pub fn top(
    node: NodeRef<'_, '_>,
    file: FileId,
    root: &'static BlockType,
    parameters: &Parameters,
    sink: &mut Sink,
) -> Option<Block> {
    Decoder { file, languages: LANGUAGES, parameters, sink, scopes: Vec::new() }.top(node, root)
}

/// Reads a node that is a block of this type. It is nothing when it lacks a label.
pub fn block(
    node: NodeRef<'_, '_>,
    file: FileId,
    ty: &'static BlockType,
    parameters: &Parameters,
    sink: &mut Sink,
) -> Option<Block> {
    Decoder { file, languages: LANGUAGES, parameters, sink, scopes: Vec::new() }.block(
        node,
        ty,
        None,
        &mut Filling::with_room(),
    )
}

/// A block that no table knows.
pub(crate) static ANYTHING: BlockType =
    BlockType { occurs: Occurs::Many, open: Some(Type::Any), as_attribute: true, ..BlockType::EMPTY };

pub(crate) const LANGUAGES: Languages = tables::language;

/// What one file is decoded with.
struct Decoder<'s> {
    file: FileId,
    languages: Languages,
    parameters: &'s Parameters,
    sink: &'s mut Sink,
    /// The blocks that are open, outermost first: where a misplaced name may belong.
    scopes: Vec<Scope>,
}

impl Decoder<'_> {
    fn span(&self, span: hlmc_syntax::Span) -> Span {
        Span::of(self.file, span)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.sink.push(diagnostic);
    }
}
