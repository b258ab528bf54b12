//! The compiler: from manifests to a bundle, without IO.
//!
//! Nothing here opens a file, asks for the time or looks at the environment; [`World`](source::World) is the only door.

pub mod analyze;
pub mod bundle;
pub mod decode;
pub mod diagnostic;
pub mod emit;
pub mod model;
pub mod nomad;
pub mod source;
