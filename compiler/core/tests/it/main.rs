//! Tests of the compiler from outside, in one binary.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used)] // the bans are for the compiler

mod again;
mod decode;
mod decode_random;
mod fixes;
mod folder;
mod hcl;
mod hcl_large;
mod hcl_random;
mod language;
mod lock;
mod nas_and_pis;
mod pages;
mod paths;
mod schema;
mod tidy;
mod words;
mod world;
