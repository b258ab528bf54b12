//! What is decoded, and what is said where it can't be.

mod faults;
mod tables;
mod trees;

use super::Decoder;
use super::parameters::Parameters;
use crate::diagnostic::{Sink, plain};
use crate::nomad::form::{Body, Tag, ValueKind};
use crate::nomad::hcl::{Dialect, write};
use crate::source::{Sources, Span, Spanned};

fn decode(text: &str) -> (Body, Sink, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("service.kdl", text);
    let parse = hlmc_syntax::parse(text);
    assert_eq!(parse.errors, vec![], "{text}");
    let mut sink = Sink::default();
    let mut parameters = Parameters::default();
    parameters.set("count", ValueKind::Int(3));
    parameters.set("type", ValueKind::Str("batch".into()));
    let secret = Spanned::new(Tag::Secret, Span::default());
    parameters.set("secret", ValueKind::Tagged(secret, "nomad:x#y".into()));
    let mut body = Body::default();
    for node in parse.document.nodes() {
        let parameters = &parameters;
        let mut decoder =
            Decoder { file, languages: tables::language, parameters, sink: &mut sink, scopes: Vec::new() };
        body.blocks.extend(decoder.top(node, &tables::ROOT));
    }
    (body, sink, sources)
}

/// The tree, written as HCL 1, which can hold every name.
fn tree(text: &str) -> String {
    let (body, sink, sources) = decode(text);
    let found: Vec<String> = sink.into_sorted().iter().map(|it| plain(it, &sources)).collect();
    assert_eq!(found, Vec::<String>::new());
    write(&body, Dialect::Hcl1)
}

/// The source, what is said of it, and the tree of what was right.
fn faults(text: &str) -> String {
    let (body, sink, sources) = decode(text);
    let found: String = sink.into_sorted().iter().map(|it| plain(it, &sources)).collect();
    format!("{text}\n---\n{found}---\n{}", write(&body, Dialect::Hcl1))
}
