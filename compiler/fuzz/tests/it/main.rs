//! The kept inputs of the fuzz targets once more, and random labs held against the same oracles.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "this is all test code")]

mod corpus;
mod import;
mod property;
