//! The lab as plain data: what *resolve* and *lower* make, and *analyze*, *check* and *emit* read.

mod image;
mod job;
mod lab;
mod lock;
mod node;
mod service;

pub use image::{ImageReference, is_digest};
pub use job::{Constraint, Group, Mount, Platforms, Port, Protocol, Resources, Task, Volume};
pub(crate) use lab::holds;
pub use lab::{Allow, Discovery, Lab, Namespace, Network, Provider, Role, SecretStore, Within};
pub use lock::{LOCK_FILE, Lock, LockedImage, LockedPlatform};
pub use node::{
    Arch, Capacity, Daemon, Device, Dhcp, Dnsmasq, HostVolume, Node, NodeMount, Reserved, Samba, Share, Ssh,
};
pub use service::{Metrics, Reference, Route, SecretReference, Service};

/// Collects into a list without room for more: a lab has thousands of lists of one thing or two, and one that grows makes room for
/// four at once.
pub(crate) fn exact<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = items.into_iter().collect();
    list.shrink_to_fit();
    list
}
