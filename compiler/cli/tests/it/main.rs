//! The binary as it is used: in folders of its own, by its exit codes and what it prints.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "this is all test code")]

mod build;
mod check;
mod explain;
mod firewall;
mod fix;
mod fmt;
mod formats;
mod import;
mod init;
mod killed;
mod lab;
mod lock;
mod pages;
mod refused;
mod reproducible;
mod somebody;
mod traced;
mod tree;
mod unsaved;
mod usage;
mod verify;
mod watch;
mod whatif;
