//! What the fuzz targets do with an input, the inputs they start from, and random labs made from the schema tables.
//!
//! The targets themselves are in `targets/`, outside the workspace, since they need a nightly toolchain. What they do is here,
//! so that `cargo test` repeats it with the kept inputs in `corpus/`. An oracle that doesn't hold is a panic.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "an oracle that doesn't hold is a panic")]

mod compile;
mod decode;
mod dictionary;
mod generate;
mod hcl;
mod lab;
mod mutate;
mod oracle;
mod parse;
mod random;
// The renderer is the command line's own, and a binary has no other way to share it.
#[path = "../../cli/src/render/mod.rs"]
mod render;
mod seed;

pub use compile::{compile, compiled};
pub use decode::decode;
pub use dictionary::dictionary;
pub use generate::generate;
pub use hcl::hcl;
pub use lab::Lab;
pub use mutate::{mutate, smaller};
pub use parse::parse;
pub use random::Random;
pub use seed::seeds;
