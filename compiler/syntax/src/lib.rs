//! KDL v2: lexer, recovering parser, lossless tree, formatter.
//!
//! [`parse`] never fails: it returns the tokens, which are every byte of the text, the tree of
//! all that could be read, and the errors. [`format()`] lays a text out without changing what
//! it says. Nothing here recurses, and everything takes linear time, whatever the text.
//!
//! - `lexer` cuts a text into [`Token`]s,
//! - `parser`, `entry` and `value` make the [`Document`] of them, `recover` and `braces` go on after
//!   mistakes, `complaint` has the words for these,
//! - `string` and `number` read values,
//! - `format` moves white space.

mod braces;
mod chars;
mod complaint;
mod entry;
mod error;
mod format;
mod lexer;
mod number;
mod parser;
mod recover;
mod span;
mod string;
mod token;
mod tree;
mod value;

pub use error::{ErrorKind, SyntaxError};
pub use format::format;
pub use parser::{MAX_DEPTH, MAX_ERRORS, Parse, parse};
pub use span::Span;
pub use token::{Token, TokenKind};
pub use tree::{Document, EntryRef, Ident, NodeRef, Nodes, Value};
