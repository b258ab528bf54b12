//! HCL 2 as Nomad reads it: a recovering parser and the tree it gives.
//!
//! [`parse`] never fails: it returns the tree of all that could be read, every comment, and every error with its place.
//! Nothing is evaluated here; the tree borrows from the text.
//!
//! - `cursor` walks over the text, white space and comments,
//! - `body` reads attributes and blocks and goes on after mistakes,
//! - `expression`, `term` and `collection` read expressions, `template` what stands in quotes and heredocs,
//! - `complaint` has the words for what is wrong.

mod body;
mod collection;
mod complaint;
mod cursor;
mod error;
mod expression;
mod heredoc;
mod template;
mod term;
mod tree;

pub use body::{File, MAX_DEPTH, MAX_ERRORS, parse};
pub use cursor::Comment;
pub use error::{Error, ErrorKind};
pub use hlmc_syntax::Span;
pub use template::{TemplateFile, template};
pub use tree::{
    Attribute, Block, Body, Entry, Expr, ExprKind, For, ForPart, Item, Key, Label, Name, Operator, Part, Step, Template,
};
