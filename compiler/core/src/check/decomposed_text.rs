//! `decomposed-text`: a text of a job that Nomad would change, since its job files hold composed texts alone.

use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::nomad::form::{Block, Value, ValueKind};
use crate::source::Span;
use std::borrow::Cow;
use unicode_normalization::is_nfc;

code!(Error, "decomposed-text", "decomposed_text.md", "a text that Nomad would change");

/// Reports each place of a job whose text isn't in Unicode's composed form (NFC).
pub fn check<'l>(_: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let mut places = Vec::new();
    in_block(&of.service.job, &mut places);
    places.sort_unstable_by_key(|place: &Span| (place.file, place.start));
    places.dedup();
    for place in places {
        sink.push(decomposed_text(&of.service.name, place));
    }
}

fn in_block(block: &Block, places: &mut Vec<Span>) {
    for label in &block.labels {
        see(label, label.span, places);
    }
    for attribute in &block.body.attributes {
        // Any other name is the tables' own.
        if let Cow::Owned(name) = &attribute.name {
            see(name, attribute.name_span, places);
        }
        in_value(&attribute.value, places);
    }
    for block in &block.body.blocks {
        in_block(block, places);
    }
}

fn in_value(value: &Value, places: &mut Vec<Span>) {
    match &value.kind {
        ValueKind::Str(text) => see(text, value.span, places),
        ValueKind::List(list) => list.iter().for_each(|value| in_value(value, places)),
        ValueKind::Map(map) => {
            for (key, value) in map {
                see(key, key.span, places);
                in_value(value, places);
            }
        }
        _ => {}
    }
}

fn see(text: &str, span: Span, places: &mut Vec<Span>) {
    if !text.is_ascii() && !is_nfc(text) {
        places.push(span);
    }
}

fn decomposed_text(service: &str, span: Span) -> Diagnostic {
    let message = format!("`{service}` has a text that Nomad would change, since it isn't composed");
    Diagnostic::new(&CODE, message, span, "a letter and its accent are two characters here")
        .help("write it in Unicode's composed form, NFC: a letter with its accent as one character")
}

#[cfg(test)]
mod tests {
    use crate::source::MemoryWorld;

    /// How many texts are reported in a job of `lab.kdl` with a file beside it.
    fn reported(config: &str, file: &str) -> usize {
        let mut world = MemoryWorld::default();
        world.insert("lab.kdl", "lab \"a\" { domain \"a.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }");
        world.insert("nodes/n.kdl", "node \"n\" { address \"10.0.0.2\"; arch \"amd64\"; server }");
        world.insert("services/f", file);
        let service = format!(
            "service \"s\" {{ image \"x:1\"; file \"f\" to=\"/f\"; nomad {{ group \"s\" {{ task \"s\" {{ config {{ {config} }} }} }} }} }}"
        );
        world.insert("services/s.kdl", service);
        let found = crate::check(&world).diagnostics;
        assert!(found.iter().all(|it| it.code.name == "decomposed-text"), "{found:?}");
        found.len()
    }

    #[test]
    fn every_text_of_a_job_is_looked_at() {
        assert_eq!(reported(r#"args "é" "ü"; labels { ö "한" }"#, "é"), 0);
        assert_eq!(reported(r#"args "e\u{301}" "e\u{301}" "\u{301}""#, ""), 2);
        assert_eq!(reported("labels { \"o\u{308}\" \"a\u{308}\" }", ""), 2);
        assert_eq!(reported("", "one\ntwo e\u{301}\n"), 1);
    }
}
