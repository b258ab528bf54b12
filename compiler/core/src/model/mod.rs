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

/// Collects a list of a few things, in room for one, two, four and so on: a lab has thousands of lists of one or two, for which a list
/// makes room for four by itself.
pub(crate) fn few<T>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut list = Vec::new();
    for item in items {
        if list.len() == list.capacity() {
            list.reserve_exact(list.len().max(1));
        }
        list.push(item);
    }
    list
}
