//! What is decoded, and what is said where it can't be.

mod faults;
mod tables;
mod trees;

use super::Decoder;
use crate::diagnostic::{Sink, plain};
use crate::nomad::form::Body;
use crate::nomad::hcl::{Dialect, write};
use crate::source::Sources;

fn decode(text: &str) -> (Body, Sink, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("service.kdl", text);
    let parse = hlmc_syntax::parse(text);
    assert_eq!(parse.errors, vec![], "{text}");
    let mut sink = Sink::default();
    let mut parameters = super::parameters::Parameters::default();
    parameters.set("count", crate::nomad::form::ValueKind::Int(3));
    parameters.set("type", crate::nomad::form::ValueKind::Str("batch".into()));
    let parameters = &parameters;
    let mut decoder = Decoder { file, languages: tables::language, parameters, sink: &mut sink, scopes: Vec::new() };
    let body = decoder.top(parse.document.nodes(), &tables::ROOT);
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
