//! What each machine of a NAS with two Raspberry Pis gets.

mod agents;
mod firewall;
mod lab;
mod machine;
