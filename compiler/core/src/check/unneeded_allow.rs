//! `unneeded-allow`: an `allow` that keeps nothing back. And what `allow` does.

use crate::diagnostic::{Code, Diagnostic, Sink, code};
use crate::model::{Allow, Lab, Within};
use crate::resolve::codes::bad_value::bad_value;
use crate::resolve::codes::unknown_reference::unknown_reference;
use crate::source::{Sources, Span};
use hlmc_syntax::NodeRef;
use rayon::prelude::*;
use std::collections::BTreeSet;

code!(Warning, "unneeded-allow", "unneeded_allow.md", "an `allow` that keeps nothing back");

/// Takes out what the lab allows. Reports codes that aren't any, and, where nothing else is wrong, what is allowed without need.
pub fn settle(lab: &Lab, sources: &Sources, codes: &[&'static Code], sink: &mut Sink) {
    let mut known: Vec<&Allow> = Vec::new();
    for allow in &lab.allowed {
        match codes.iter().find(|code| code.name == allow.code.value) {
            Some(code) if code.allowable => known.push(allow),
            Some(_) => sink.push(
                bad_value(&allow.code, "a warning, advice, or an error that may be allowed", allow.code.span)
                    .help(format!("leave it out, and mend what `{}` is about", allow.code.value)),
            ),
            None => {
                let names: Vec<&str> = codes.iter().filter(|code| code.allowable).map(|code| code.name).collect();
                sink.push(unknown_reference("code", &allow.code, allow.code.span, names));
            }
        }
    }
    let known: Vec<(&Allow, Vec<Span>)> = known.into_par_iter().map(|allow| (allow, places(allow, sources))).collect();
    let mut needed: BTreeSet<Span> = BTreeSet::new();
    sink.keep(|diagnostic| {
        let by = known.iter().filter(|(allow, places)| allows(allow, places, diagnostic));
        let by: Vec<Span> = by.map(|(allow, _)| allow.code.span).collect();
        let allowed = !by.is_empty();
        needed.extend(by);
        !allowed
    });
    if sink.has_errors() {
        return;
    }
    let mut reported: BTreeSet<Span> = BTreeSet::new();
    for (allow, _) in &known {
        if !needed.contains(&allow.code.span) && reported.insert(allow.code.span) {
            let message = format!("nothing is reported as `{}` here", allow.code.value);
            sink.push(Diagnostic::new(&CODE, message, allow.code.span, "not needed").help("remove the line"));
        }
    }
}

/// Whether a message is of the code, and has a place where that is allowed.
fn allows(allow: &Allow, places: &[Span], diagnostic: &Diagnostic) -> bool {
    let inside = |span: Span| places.iter().any(|place| holds(*place, span));
    diagnostic.code.name == allow.code.value
        && (allow.within == Within::Lab
            || inside(diagnostic.primary.span)
            || diagnostic.secondary.iter().any(|label| inside(label.span)))
}

fn holds(place: Span, span: Span) -> bool {
    place.file == span.file && place.start <= span.start && span.end <= place.end
}

/// The blocks that an `allow` is about, as far as it is about blocks.
fn places(allow: &Allow, sources: &Sources) -> Vec<Span> {
    let stands = |span: Span| block(sources, span, |_| true);
    match allow.within {
        Within::Lab => Vec::new(),
        Within::Block => stands(allow.code.span).into_iter().collect(),
        Within::Service(name) => {
            let mut places: Vec<Span> = stands(allow.code.span).into_iter().collect();
            if !places.iter().any(|place| holds(*place, name)) {
                places.extend(block(sources, name, |node| matches!(node.name(), "service" | "use" | "job")));
            }
            places
        }
    }
}

/// The outermost block of a kind around a place: a service may stand in an integration.
fn block(sources: &Sources, place: Span, wanted: impl Fn(&NodeRef<'_, '_>) -> bool) -> Option<Span> {
    let text = &sources.get(place.file)?.text;
    let parse = hlmc_syntax::parse(text);
    let around = |node: &NodeRef<'_, '_>| node.span().start <= place.start && place.end <= node.span().end;
    let mut node = parse.document.nodes().find(around)?;
    while !wanted(&node) {
        node = node.children().find(around)?;
    }
    Some(Span::of(place.file, node.span()))
}
