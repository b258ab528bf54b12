//! From the analysis to artifacts: one folder a target, each a pure function.
//!
//! Nothing here can fail: an emitter that wants to complain is a missing check.

pub mod caddy;
pub mod deploy;
pub mod namespace;
pub mod node;
pub mod prometheus;

#[cfg(test)]
mod fixture;
