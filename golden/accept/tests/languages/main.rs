//! The languages of Nomad and Consul, whole: what the tables know goes through manifests and the compiler, and the real
//! programs read what comes out.
//!
//! The real programs are needed, so `make accept` runs these tests; `cargo test` alone leaves them out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "the functions that tests share may fail a test and say how much was tried"
)]

mod agents;
mod filler;
mod hostile;
mod injection;
mod job;
mod lab;
mod texts;
