//! `reference-as-text`: a variable has the text of a reference, which nothing resolves.

use crate::analyze::{Analysis, Place, ServiceFacts, Text};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Service};

code!(
    Warning,
    "reference-as-text",
    "reference_as_text.md",
    "a variable has the text of a reference, which nothing resolves"
);

/// Reports each variable whose text names a port of a service by its label, or a secret that a store holds.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for text in of.texts() {
        if let Place::Env(name) = text.place
            && let Some((annotation, what)) = referred(analysis.lab, text.text)
        {
            sink.push(reference_as_text(of.service, text, name, annotation, &what));
        }
    }
}

/// The annotation that would make a text what it is meant to be, and what it names.
fn referred(lab: &Lab, text: &str) -> Option<(&'static str, String)> {
    let (first, rest) = text.split_once(':')?;
    if let Some(store) = lab.stores.iter().find(|store| store.name.value == first)
        && let Some((path, key)) = rest.split_once('#')
        && store.at(path).is_some_and(|(_, keys)| keys.iter().any(|held| held.value == key))
    {
        return Some(("secret", format!("`{key}` at `{path}` of store `{first}`")));
    }
    let (annotation, place) = match rest.strip_prefix("//") {
        Some(place) => ("url", place.split('/').next().unwrap_or_default()),
        None => ("address", text),
    };
    let (name, label) = place.split_once(':')?;
    let mut ports = lab.service(name)?.groups.iter().flat_map(|group| &group.ports);
    let is_named = label.parse::<u16>().is_err() && ports.any(|port| port.label.value == label);
    is_named.then(|| (annotation, format!("port `{label}` of `{name}`")))
}

fn reference_as_text(service: &Service, text: &Text<'_>, name: &str, annotation: &str, what: &str) -> Diagnostic {
    let message =
        format!("`{}` is given `{}` as it is, in `{name}`: nothing puts {what} there", service.name.value, text.text);
    let diagnostic = Diagnostic::new(&CODE, message, text.span, "stays this text");
    let literal = (text.span.end - text.span.start) as usize == text.text.len() + 2;
    if !service.manifest.ends_with(".kdl") {
        return diagnostic.help("have a `template` with `env = true` write it, or make a manifest of the job file");
    }
    let written = format!("({annotation})\"{}\"", text.text);
    let diagnostic = diagnostic.help(format!("write `{written}`"));
    if literal { diagnostic.fix(text.span, written) } else { diagnostic }
}
