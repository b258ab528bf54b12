//! A type annotation that means nothing there.

use crate::diagnostic::{Diagnostic, code, did_you_mean, nearest};
use crate::nomad::form::Tag;
use crate::source::Span;

code!(Error, "unknown-annotation", "unknown_annotation.md", "a type annotation that means nothing there");

/// An annotation that doesn't exist; `span` is its name without the parentheses.
pub(crate) fn unknown_annotation(annotation: &str, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(&CODE, format!("there is no annotation `({annotation})`"), span, "not known");
    let names = Tag::ALL.map(Tag::name);
    match nearest(annotation, names) {
        Some(near) => diagnostic.help(format!("did you mean `({near})`?")).fix(span, near),
        None => diagnostic.maybe_help(did_you_mean(annotation, names)),
    }
}

/// An annotation before something that isn't a text.
pub(crate) fn misplaced_annotation(name: &str, annotation: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`({annotation})` has no meaning for `{name}`, which is no text"), span, "not here")
        .help("remove it: only texts can be filled in where the service runs")
}

/// An annotation before a text that no environment variable takes.
pub(crate) fn outside_env(name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` can't be filled in where the service runs"), span, "not here")
        .help("put it into the `env` of the service or task, and read it from there")
}

/// An annotation before a label.
pub(crate) fn annotated_label(block: &str, annotation: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`({annotation})` has no meaning before a label of `{block}`"), span, "not here")
        .help("remove it: names are the same wherever the service runs")
}

/// An annotation before the name of a node.
pub(crate) fn annotated_node(name: &str, annotation: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`({annotation})` has no meaning before the name `{name}`"), span, "not here")
        .help(format!("put it before the value: `{name} ({annotation})\"…\"`"))
}
