//! `unlocked-image`: an image that the lock doesn't have.

use super::brought_in;
use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Lab, Lock, Service};
use crate::source::Spanned;
use std::collections::BTreeSet;

code!(Warning, "unlocked-image", "unlocked_image.md", "the lock doesn't have an image");

/// Reports each image that isn't in the lab's lock, once; or that there is no lock, where there has to be one.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    let tasks = analysis.groups.iter().flat_map(|facts| facts.group.tasks.iter().map(|task| (facts.service, task)));
    let mut images = tasks.filter_map(|(service, task)| Some((service, task.lockable()?)));
    match &lab.lock {
        Some(lock) => {
            let mut told: BTreeSet<&str> = BTreeSet::new();
            for (service, image) in images.filter(|(_, image)| lock.image(image).is_none()) {
                if told.insert(image.as_str()) {
                    sink.push(unlocked_image(lab, lock, service, image));
                }
            }
        }
        // One that can't be read has its own messages.
        None if lab.locked && images.next().is_some() => sink.push(no_lock(lab)),
        None => {}
    }
}

fn unlocked_image(lab: &Lab, lock: &Lock, service: &Service, image: &Spanned<String>) -> Diagnostic {
    let message = format!("`{}` is not in `hlmc.lock`", image.value.escape_debug());
    let mut diagnostic = leveled(lab, message, image.span, "not pinned");
    if let Some(place) = brought_in(lab, service, image.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let name = image.split([':', '@']).next().unwrap_or_default();
    let other = lock.images.iter().find(|locked| locked.reference.split([':', '@']).next() == Some(name));
    if let Some(other) = other {
        diagnostic = diagnostic.also(other.reference.span, "another version is");
    }
    diagnostic.help("`hlmc lock` adds it")
}

fn no_lock(lab: &Lab) -> Diagnostic {
    let message = format!("lab `{}` has no `hlmc.lock`, and `--locked` asks for one", lab.name.value);
    leveled(lab, message, lab.name.span, "none of its images is pinned").help("`hlmc lock` writes it")
}

/// A diagnostic that is an error where every image has to be in the lock.
fn leveled(lab: &Lab, message: String, place: crate::source::Span, label: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(&CODE, message, place, label);
    Diagnostic { severity: if lab.locked { Severity::Error } else { CODE.severity }, ..diagnostic }
}
