//! The tests of the syntax crate: the official suite, recovery, the formatter, and the `kdl` crate
//! as a second opinion.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canonical;
mod differential;
mod formatting;
mod generate;
mod recovery;
mod robustness;
mod speed;
mod suite;
