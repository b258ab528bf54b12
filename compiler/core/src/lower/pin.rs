//! Images of a job by their digests, as the lock has them.
//!
//! Only images of Docker's driver: it takes a tag and a digest together, and fetches by the digest (drivers/docker,
//! `parseDockerImage`). What Nomad fills in when the job runs has a `${`, so that it is in no lock.

use crate::model::{Group, Lock, Platforms, Task};
use crate::nomad::form::{Block, Body, ValueKind};

/// Puts the digest behind each image that the lock has.
pub(super) fn pin(job: &mut Body, lock: &Lock) {
    for task in blocks(job, "group").flat_map(|group| blocks(&mut group.body, "task")) {
        if task.body.str("driver").is_none_or(|driver| driver.value != "docker") {
            continue;
        }
        for config in blocks(&mut task.body, "config") {
            let image = config.body.attributes.iter_mut().find(|attribute| attribute.name == "image");
            if let Some(ValueKind::Str(text)) = image.map(|image| &mut image.value.kind)
                && let Some(locked) = lock.image(text).filter(|_| !text.contains('@'))
            {
                *text = format!("{text}@{}", locked.digest);
            }
        }
    }
}

fn blocks<'b>(body: &'b mut Body, name: &'static str) -> impl Iterator<Item = &'b mut Block> {
    body.blocks.iter_mut().filter(move |block| block.name == name)
}

/// What the lock says of the architectures that the images of a job exist for.
pub(super) fn platforms(groups: &[Group], lock: &Lock) -> Vec<Platforms> {
    let mut platforms: Vec<Platforms> = Vec::new();
    for image in groups.iter().flat_map(|group| &group.tasks).filter_map(Task::lockable) {
        if let Some(locked) = lock.image(image)
            && let Some(arches) = locked.arches()
            && platforms.iter().all(|known| known.image != image.value)
        {
            platforms.push(Platforms { image: image.value.clone(), arches, span: locked.reference.span, locked: true });
        }
    }
    platforms
}
