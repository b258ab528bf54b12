//! The `kdl` crate as a second opinion: verdicts and trees must agree, apart from a closed list.

use std::fs;
use std::path::{Path, PathBuf};

use hlmc_syntax::{Nodes, TokenKind, Value};
use kdl::{KdlDocument, KdlEntry, KdlValue};

use crate::{generate, suite};

/// Tells whether a text has something.
type Test = fn(&str) -> bool;

/// Where the `kdl` crate accepts what the specification rejects: what it is, and a test for it.
const ACCEPTS_TOO_MUCH: &[(&str, Test)] = &[
    ("forbidden characters, in comments all of them", |text| {
        let forbidden = |char: char| {
            matches!(char,
                '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{200E}' | '\u{200F}'
                | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
        };
        text.strip_prefix('\u{FEFF}').unwrap_or(text).contains(forbidden)
    }),
    ("a raw string that starts with two quotation marks", |text| {
        text.match_indices("#\"\"\"").any(|(at, open)| {
            !text[at + open.len()..].starts_with(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
        })
    }),
    ("`-inf` as a name", |text| text.match_indices("-inf").any(|(at, _)| !text[..at].ends_with('#'))),
    ("two `/-` in a row", |text| {
        let parse = hlmc_syntax::parse(text);
        let tokens = parse.document.tokens().iter().map(|token| token.kind);
        let all: Vec<_> = tokens.filter(|kind| !kind.is_trivia() && *kind != TokenKind::Backslash).collect();
        all.windows(2).any(|pair| pair == [TokenKind::Slashdash, TokenKind::Slashdash])
    }),
    ("a marker of KDL version 1", |text| text.contains("kdl-version")),
];

/// Writes a valid text so that it means the same, without what the `kdl` crate wrongly rejects:
/// a `/-` right after a value or block, and a `;` after a node that is commented out.
fn avoiding_what_they_reject(text: &str) -> String {
    let parse = hlmc_syntax::parse(text);
    let tokens = parse.document.tokens();
    tokens
        .iter()
        .map(|token| match token.kind {
            TokenKind::Slashdash => " /-",
            TokenKind::Semicolon => "\n",
            _ => token.span.of(text),
        })
        .collect()
}

fn known_divergence(text: &str) -> bool {
    ACCEPTS_TOO_MUCH.iter().any(|(_, has)| has(text))
}

/// Writes a tree down in full, for comparing.
fn ours(nodes: Nodes<'_, '_>, out: &mut String) {
    for node in nodes {
        out.push_str(&format!("{:?} {:?}", node.ty().map(|ty| ty.text), node.name()));
        for entry in node.entries() {
            let value = match entry.value() {
                Value::String(text) => format!("{text:?}"),
                Value::Integer(value) => format!("{value}"),
                Value::Float(value) => format!("{value:?}"),
                Value::Bool(value) => format!("#{value}"),
                Value::Null => "#null".to_owned(),
            };
            let (key, ty) = (entry.key().map(|key| key.text), entry.ty().map(|ty| ty.text));
            out.push_str(&format!(" {key:?} {ty:?} {value}"));
        }
        out.push_str(" {\n");
        ours(node.children(), out);
        out.push_str("}\n");
    }
}

fn theirs(document: &KdlDocument, out: &mut String) {
    for node in document.nodes() {
        let ty = node.ty().map(|ty| ty.value());
        out.push_str(&format!("{:?} {:?}", ty, node.name().value()));
        for entry in node.entries() {
            let (key, ty) = (entry.name().map(|key| key.value()), entry.ty().map(|ty| ty.value()));
            out.push_str(&format!(" {key:?} {ty:?} {}", their_value(entry)));
        }
        out.push_str(" {\n");
        if let Some(children) = node.children() {
            theirs(children, out);
        }
        out.push_str("}\n");
    }
}

fn their_value(entry: &KdlEntry) -> String {
    match entry.value() {
        KdlValue::String(text) => format!("{text:?}"),
        KdlValue::Integer(value) => format!("{value}"),
        KdlValue::Float(value) => format!("{value:?}"),
        KdlValue::Bool(value) => format!("#{value}"),
        KdlValue::Null => "#null".to_owned(),
    }
}

/// Returns how the two disagree about a text, if they do.
fn disagreement(text: &str) -> Option<String> {
    let parse = hlmc_syntax::parse(text);
    let mut other = KdlDocument::parse(text);
    if parse.errors.is_empty() && other.is_err() {
        other = KdlDocument::parse(&avoiding_what_they_reject(text));
    }
    match (parse.errors.first(), &other) {
        (Some(_), Err(_)) => None,
        (Some(error), Ok(_)) => Some(format!("only we reject {text:?}: {error:?}")),
        (None, Err(error)) => Some(format!("only they reject {text:?}: {error:?}")),
        (None, Ok(document)) => {
            let (mut left, mut right) = (String::new(), String::new());
            ours(parse.document.nodes(), &mut left);
            theirs(document, &mut right);
            (left != right).then(|| format!("{text:?}\nours:\n{left}theirs:\n{right}"))
        }
    }
}

/// Removes characters as long as the same kind of disagreement remains.
fn shrink(mut text: String) -> String {
    let kind = |text: &str| {
        let fault = disagreement(text).filter(|_| !known_divergence(text))?;
        Some(fault.split(' ').nth(1).unwrap_or_default().to_owned())
    };
    let wanted = kind(&text);
    let mut at = 0;
    while let Some((offset, char)) = text[at..].char_indices().next() {
        let mut shorter = text.clone();
        shorter.replace_range(at + offset..at + offset + char.len_utf8(), "");
        if kind(&shorter) == wanted {
            text = shorter;
            at = at.saturating_sub(8);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
        } else {
            at += char.len_utf8();
        }
    }
    text
}

fn compare(texts: impl Iterator<Item = String>) {
    let faults: Vec<_> = texts
        .filter(|text| !known_divergence(text) && disagreement(text).is_some())
        .take(12)
        .map(|text| disagreement(&shrink(text)).unwrap_or_default())
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn valid_documents_mean_the_same() {
    compare(generate::seeds(400).map(generate::document));
}

#[test]
fn damaged_documents_get_the_same_verdict() {
    compare(generate::seeds(400).map(generate::mutant));
}

#[test]
fn anything_gets_the_same_verdict() {
    compare(generate::seeds(800).map(generate::soup));
}

#[test]
fn the_suite_means_the_same() {
    match suite::files() {
        Some(files) => compare(files.into_iter().filter_map(|(_, bytes)| String::from_utf8(bytes).ok())),
        None => println!("skipped: no official suite"),
    }
}

#[test]
fn the_files_of_the_repository_mean_the_same() {
    let files = repository_files();
    assert!(!files.is_empty(), "no KDL files found");
    compare(files.into_iter().map(|(_, text)| text));
}

/// Returns the KDL files of the repository that are meant to be valid.
pub(crate) fn repository_files() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders: Vec<_> =
        ["services", "stdlib", "golden/labs", "nodes", "integrations"].iter().map(|folder| root.join(folder)).collect();
    let mut files = vec![root.join("lab.kdl")];
    while let Some(folder) = folders.pop() {
        let Ok(children) = fs::read_dir(folder) else { continue };
        for child in children {
            let path = child.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "kdl") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.into_iter().filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}
