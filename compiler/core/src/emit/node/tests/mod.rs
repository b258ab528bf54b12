//! What each machine of a NAS with two Raspberry Pis gets.

mod agents;
mod lab;
