//! The tasks of a service: the main one, which the service itself describes, and those that blocks of it do.

use crate::nomad::form::{Block, Body};

/// Whether a block of a service is one more task.
pub(crate) fn is_task(block: &Block) -> bool {
    matches!(&*block.name, "task" | "sidecar" | "init")
}

/// The tasks of a service beside its main one.
pub(crate) fn tasks(service: &Body) -> impl Iterator<Item = &Block> {
    service.blocks.iter().filter(|block| is_task(block))
}

/// The bodies of all tasks of a service, the main one's first.
pub(crate) fn bodies(service: &Body) -> impl Iterator<Item = &Body> {
    std::iter::once(service).chain(tasks(service).map(|task| &task.body))
}
