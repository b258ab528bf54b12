//! The compiler: from manifests to a bundle, without IO.
//!
//! # Steps
//! - [`source::read`]: the texts, in parallel, with stable ids.
//! - [`decode::manifests`]: parsed and checked against the language's tables, each value with its span.
//! - [`resolve`]: presets, catalogue entries and providers expanded; the lab and its nodes typed.
//! - [`lower`]: each service as a Nomad job in the [core form](nomad::form).
//! - [`analyze()`](analyze::analyze): what follows, such as which nodes each group can run on.
//! - [`mod@check`]: what is wrong with the lab as a whole.
//! - [`emit`]: the artifacts of the [bundle].
//!
//! Nothing here opens a file, asks for the time or looks at the environment; [`World`](source::World) is the only door.

pub mod analyze;
pub mod bundle;
pub mod check;
mod compile;
pub mod decode;
pub mod diagnostic;
pub mod emit;
pub mod import;
pub mod lock;
pub mod lower;
mod mend;
pub mod model;
pub mod nomad;
pub mod resolve;
pub mod source;

pub use compile::{
    Checker, Compiled, Locking, audit, check, check_with, codes, compile, compile_beside, compile_with, lab_of,
};
pub use mend::{Mended, mend};
