//! What the lock is made of: the images that a lab runs, and the text of `hlmc.lock`.

use crate::import::kdl::{Node, write};
use crate::model::{Lab, LockedImage};
use std::collections::BTreeMap;

/// The images that the lock of a lab has to have, by reference, each with the services that run it, sorted.
#[must_use]
pub fn images(lab: &Lab) -> BTreeMap<&str, Vec<&str>> {
    let mut images: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for service in &lab.services {
        for image in service.groups.iter().flat_map(|group| &group.tasks).filter_map(|task| task.lockable()) {
            let services = images.entry(image.as_str()).or_default();
            if services.last() != Some(&service.name.as_str()) {
                services.push(&service.name);
            }
        }
    }
    images
}

/// The text of a lock: sorted, an image a block, a fact a line.
#[must_use]
pub fn text(images: &[LockedImage]) -> String {
    let mut sorted: Vec<&LockedImage> = images.iter().collect();
    sorted.sort_by(|a, b| a.reference.value.cmp(&b.reference.value));
    let mut nodes: Vec<Node> = sorted.into_iter().map(node).collect();
    if let Some(first) = nodes.first_mut() {
        first.comments.push(
            "Written by `hlmc lock`: what the lab's images are. It belongs into the repository of the lab.".to_owned(),
        );
    }
    write(&nodes)
}

fn node(image: &LockedImage) -> Node {
    let mut node = Node::new("image").arg(image.reference.value.as_str());
    node = node.child(Node::new("digest").arg(image.digest.as_str()));
    for (name, value) in &image.labels {
        node = node.child(Node::new(*name).arg(value.as_str()));
    }
    for platform in &image.platforms {
        let mut line = Node::new("platform").arg(platform.name.as_str());
        if let Some(bytes) = platform.bytes.and_then(|bytes| i64::try_from(bytes).ok()) {
            line = line.prop("bytes", bytes);
        }
        node = node.child(line);
    }
    node
}
