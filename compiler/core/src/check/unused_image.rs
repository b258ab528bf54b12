//! `unused-image`: an image of the lock that no service runs.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Lab;
use std::collections::BTreeSet;

code!(Advice, "unused-image", "unused_image.md", "the lock has an image that no service runs");

/// Reports each image of the lock that no service names.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let Lab { lock: Some(lock), services, .. } = analysis.lab else { return };
    let tasks = services.iter().flat_map(|service| &service.groups).flat_map(|group| &group.tasks);
    let used: BTreeSet<&str> = tasks.filter_map(|task| task.lockable()).map(|image| image.as_str()).collect();
    for image in lock.images.iter().filter(|image| !used.contains(image.reference.as_str())) {
        let message = format!("`{}` is in `hlmc.lock`, and no service runs it", image.reference.value);
        let diagnostic = Diagnostic::new(&CODE, message, image.reference.span, "needed no more");
        sink.push(diagnostic.help("`hlmc lock` takes it out"));
    }
}
