//! `registered-twice`: two services with different programs are found under one name.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Service;

code!(Warning, "registered-twice", "registered_twice.md", "two services are found under one name");

/// Reports each name under which a second service is found, unless it runs the same image: then they are meant to share the work.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for (name, found) in analysis.registered().iter() {
        let Some((other, span)) = found.other.filter(|_| !name.contains("${")) else { continue };
        if images(found.service).any(|image| images(other).any(|it| it == image)) {
            continue;
        }
        let (first, second) = (&found.service.name.value, &other.name.value);
        let message = format!("`{first}` and `{second}` are both found as `{name}`");
        sink.push(
            Diagnostic::new(&CODE, message, span, format!("`{second}` registers it"))
                .also(found.span, format!("and so does `{first}`"))
                .help("give one of them another name: whoever asks for it gets now the one, now the other"),
        );
    }
}

/// The images of a service without their tags.
fn images(service: &Service) -> impl Iterator<Item = &str> {
    let images = service.groups.iter().flat_map(|group| &group.tasks).filter_map(|task| task.image.as_ref());
    images.map(|image| {
        let image = image.split('@').next().unwrap_or(image);
        image.rsplit_once(':').map_or(image, |(name, tag)| if tag.contains('/') { image } else { name })
    })
}
