//! The lab as plain data: what *resolve* and *lower* make, and *analyze*, *check* and *emit* read.

mod job;
mod lab;
mod node;
mod service;

pub use job::{Constraint, Group, Mount, Platforms, Port, Protocol, Resources, Task, Volume};
pub use lab::{Discovery, Lab, Namespace, Network, Provider, Role, SecretStore};
pub use node::{
    Arch, Capacity, Daemon, Device, Dhcp, Dnsmasq, HostVolume, Node, NodeMount, Reserved, Samba, Share, Ssh,
};
pub use service::{Metrics, Reference, Route, SecretReference, Service};
