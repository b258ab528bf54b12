//! `${VARIABLE}` in the values of a Compose file: filled in from `.env`, or left open for the lab.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_unset_variable::{needs_value, required, unset_variable};
use crate::diagnostic::{Diagnostic, Sink};
use crate::import::kdl::{Scalar, kept};
use crate::import::yaml::{Node, Text, Value};
use crate::source::Span;
use std::collections::BTreeMap;

/// What stands around the name of a variable without a value; no text of a Compose file holds these.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// How deep a default may hold variables with defaults.
const DEPTH: usize = 16;

/// The variables of a project, and those without a value that were asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    values: BTreeMap<String, String>,
    /// Where each was first asked for.
    pub(super) unset: BTreeMap<String, Unset>,
}

/// Where a variable without a value was asked for.
#[derive(Clone, Debug)]
pub(super) struct Unset {
    place: Span,
    /// What `${NAME:?reason}` says, where it stands so.
    reason: Option<String>,
}

impl Unset {
    /// What is said about a variable that stayed open.
    pub(super) fn told(&self, name: &str) -> Diagnostic {
        match &self.reason {
            Some(reason) => required(name, reason, self.place),
            None => unset_variable(name, self.place),
        }
    }
}

impl Variables {
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// All that have a value.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Fills in every value of a tree.
    pub(super) fn fill_all(&mut self, node: &mut Node, sink: &mut Sink) {
        match &mut node.value {
            Value::Null => {}
            Value::Text(text) => self.fill_text(text, node.span, sink),
            Value::List(items) => items.iter_mut().for_each(|item| self.fill_all(item, sink)),
            Value::Map(entries) => entries.iter_mut().for_each(|entry| self.fill_all(&mut entry.value, sink)),
        }
    }

    fn fill_text(&mut self, text: &mut Text, place: Span, sink: &mut Sink) {
        if text.text.contains('$') {
            text.variable = variable(&text.text).map(str::to_owned);
            text.text = self.fill(&text.text, place, sink);
        }
    }

    /// Fills in one text.
    pub(super) fn fill(&mut self, text: &str, place: Span, sink: &mut Sink) -> String {
        self.fill_deep(text, place, sink, 0)
    }

    fn fill_deep(&mut self, text: &str, place: Span, sink: &mut Sink, depth: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            if let Some(after) = behind.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some(inside) = behind.strip_prefix('{') {
                let end = closing(inside).filter(|_| depth < DEPTH);
                let value = end.and_then(|end| self.braced(&inside[..end], place, sink, depth));
                let Some((end, value)) = end.zip(value) else {
                    let help = "write `${NAME}`, `${NAME:-default}` or `$$` for a `$` itself";
                    sink.push(bad_value(&rest[at..], "a variable", place).help(help));
                    return out;
                };
                out.push_str(&value);
                rest = &inside[end + 1..];
            } else {
                // Before anything but a name, a `$` is itself: `$(date)`, `$#`.
                let len = name_len(behind);
                if len == 0 {
                    out.push('$');
                } else {
                    out.push_str(&self.value(&behind[..len], place, None));
                }
                rest = &behind[len..];
            }
        }
        out.push_str(rest);
        out
    }

    /// What stands between braces: a name, and what to do with or without its value.
    fn braced(&mut self, inside: &str, place: Span, sink: &mut Sink, depth: usize) -> Option<String> {
        let len = name_len(inside);
        let (name, how) = inside.split_at(len);
        if len == 0 {
            return None;
        }
        let known = self.get(name).map(str::to_owned);
        let full = known.clone().filter(|value| !value.is_empty());
        let operators = [(":-", &full), (":?", &full), (":+", &full), ("-", &known), ("?", &known), ("+", &known)];
        let Some((operator, value)) = operators.into_iter().find(|(operator, _)| how.starts_with(operator)) else {
            return how.is_empty().then(|| self.value(name, place, None));
        };
        let word = &how[operator.len()..];
        Some(match (operator.trim_start_matches(':'), value) {
            ("-", None) => self.fill_deep(word, place, sink, depth + 1),
            ("+", Some(_)) => self.fill_deep(word, place, sink, depth + 1),
            ("+", None) => String::new(),
            ("?", None) => {
                let reason = self.fill_deep(word, place, sink, depth + 1);
                // An empty value doesn't do either.
                self.values.remove(name);
                self.value(name, place, Some(shown(&reason)))
            }
            (_, value) => value.clone().unwrap_or_default(),
        })
    }

    /// The value of a variable, or what stands for it as long as it has none.
    fn value(&mut self, name: &str, place: Span, reason: Option<String>) -> String {
        if let Some(value) = self.get(name) {
            return value.to_owned();
        }
        let unset = self.unset.entry(name.to_owned()).or_insert(Unset { place, reason: None });
        if unset.reason.is_none() && reason.is_some() {
            *unset = Unset { place, reason };
        }
        format!("{OPEN}{name}{CLOSE}")
    }
}

/// The variable that a text is, or that is all behind its first `=`.
fn variable(text: &str) -> Option<&str> {
    let behind = text.split_once('=').filter(|(name, _)| !name.contains('$')).map_or(text, |(_, behind)| behind);
    let inside = behind.strip_prefix('$')?;
    let inside = match inside.strip_prefix('{') {
        Some(inside) => &inside[..closing(inside).filter(|end| end + 1 == inside.len())?],
        None => inside,
    };
    let len = name_len(inside);
    let whole = len == inside.len() || behind.starts_with("${");
    (len > 0 && whole).then(|| &inside[..len])
}

fn name_len(text: &str) -> usize {
    let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    if starts { end } else { 0 }
}

/// Where the brace is that closes one before the text.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The first variable without a value in a text.
pub(super) fn open_in(text: &str) -> Option<&str> {
    let (_, behind) = text.split_once(OPEN)?;
    behind.split_once(CLOSE).map(|(name, _)| name)
}

/// All variables without a value in a text.
pub(super) fn all_open_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(OPEN).skip(1).filter_map(|behind| behind.split_once(CLOSE)).map(|(name, _)| name)
}

/// A text that is one value of the lab.
pub(super) fn open(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// Reports a text with a variable that has no value, where only a whole one will do; says whether it is whole.
pub(super) fn is_whole(text: &str, what: &str, place: Span, sink: &mut Sink) -> bool {
    if let Some(name) = open_in(text) {
        sink.push(needs_value(name, what, place));
    }
    open_in(text).is_none()
}

/// A text as people read it: with `${NAME}` for what has no value.
pub(super) fn shown(text: &str) -> String {
    text.replace(OPEN, "${").replace(CLOSE, "}")
}

/// A text for a manifest: what has no value stands as `@{NAME}`.
pub(super) fn scalar(text: &str) -> Scalar {
    if open_in(text).is_none() {
        return Scalar::Text(text.to_owned());
    }
    let mut out = String::new();
    for (at, part) in text.split(OPEN).enumerate() {
        match part.split_once(CLOSE) {
            Some((name, behind)) if at > 0 => out.extend(["@{", name, "}", &kept(behind)]),
            _ => out.push_str(&kept(part)),
        }
    }
    Scalar::Filled(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.set("A", "a");
        variables.set("EMPTY", "");
        variables
    }

    fn filled(text: &str) -> String {
        let mut sink = Sink::default();
        let filled = variables().fill(text, Span::default(), &mut sink);
        assert_eq!(sink.found(), 0, "{text}");
        shown(&filled)
    }

    #[test]
    fn every_form_is_filled_in() {
        for (text, expected) in [
            ("$A-${A}", "a-a"),
            ("$$A", "$A"),
            ("$${A}", "${A}"),
            ("${A:-x}${EMPTY:-x}${EMPTY-x}${NO:-x}${NO-x}", "axxx"),
            ("${A:+y}${EMPTY:+y}${EMPTY+y}${NO+y}", "yy"),
            ("${A:?no}${EMPTY?no}", "a"),
            ("${NO:-${A:-z}}/${NO:-${NOT:-z}}", "a/z"),
            ("${NO:-{}}", "{}"),
            ("${NO}", "${NO}"),
            ("50%", "50%"),
            ("$(date) $# $1 $", "$(date) $# $1 $"),
            ("${A:?no}${EMPTY:?no}", "a${EMPTY}"),
        ] {
            assert_eq!(filled(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for text in ["${", "${}", "${A", "${1}", "${A!}", "${A:1}"] {
            let mut sink = Sink::default();
            variables().fill(text, Span::default(), &mut sink);
            assert_eq!(sink.found(), 1, "{text}");
        }
    }

    #[test]
    fn the_variable_behind_a_value_is_known() {
        assert_eq!(variable("${DB_PASSWORD}"), Some("DB_PASSWORD"));
        assert_eq!(variable("$DB_PASSWORD"), Some("DB_PASSWORD"));
        assert_eq!(variable("PASSWORD=${DB_PASSWORD:-x}"), Some("DB_PASSWORD"));
        assert_eq!(variable("PASSWORD=a${DB_PASSWORD}"), None);
        assert_eq!(variable("${A}${B}"), None);
        assert_eq!(variable("$A.b"), None);
    }

    #[test]
    fn what_is_open_stays_open_in_a_manifest() {
        let filled = variables().fill("@{x} ${NO}", Span::default(), &mut Sink::default());
        assert_eq!(scalar(&filled), Scalar::Filled("@@{x} @{NO}".into()));
        assert_eq!(open_in(&filled), Some("NO"));
    }
}
