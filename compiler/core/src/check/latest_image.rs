//! `latest-image`: an image without a version, which is another one from one day to the next.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{ImageReference, Lab, Service};
use crate::source::Spanned;

code!(Warning, "latest-image", "latest_image.md", "an image without a version is another one from one day to the next");

/// Reports each image of a container that has neither version nor digest, unless the lock pins it.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let containers = facts
            .group
            .tasks
            .iter()
            .filter(|task| matches!(task.driver.as_str(), "docker" | "podman") && !task.is_loaded);
        for image in containers.filter_map(|task| task.image.as_ref()) {
            if let Some(diagnostic) = latest_image(analysis.lab, facts.service, image) {
                sink.push(diagnostic);
            }
        }
    }
}

fn latest_image(lab: &Lab, service: &Service, image: &Spanned<String>) -> Option<Diagnostic> {
    let reference = ImageReference::split(image);
    let locked = || lab.lock.as_ref().is_some_and(|lock| lock.image(image).is_some());
    if !reference.is_moving() || !reference.is_valid() || locked() {
        return None;
    }
    let name = &service.name.value;
    let message = format!("`{name}` runs `{}`, which may be another image each time it starts", image.value);
    let label = reference.tag.map_or_else(|| "has no version".to_owned(), |tag| format!("`{tag}` is no version"));
    let mut diagnostic = Diagnostic::new(&CODE, message, image.span, label);
    if let Some(place) = brought_in(lab, service, image.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    Some(diagnostic.help(format!("name a version: `{}:1.2.3`; or have `hlmc lock` pin what it is now", reference.name)))
}
