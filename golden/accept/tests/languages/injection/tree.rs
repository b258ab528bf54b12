//! What a parser took, compared with what it took where a mark stood in place of the text.

use super::readers::Read;
use serde_json::Value as Json;

/// How texts take the place of marks.
pub(super) struct Held<'h> {
    /// A text in which marks stand, with the texts in their place.
    pub(super) replace: &'h dyn Fn(&str) -> String,
    /// Whether lists may have another order: what is sorted by its name stands elsewhere under another.
    pub(super) any_order: bool,
    /// How bytes are written that have to be: `%` in paths of URLs, which Caddy compares without, `\x` in names of udev.
    pub(super) bytes: &'h str,
    /// The start of texts that may be in capitals: Samba writes the name of a workgroup so.
    pub(super) capitals: &'h str,
}

impl Held<'_> {
    /// What differs, with the place in the tree; nothing where all is as it should be.
    pub(super) fn difference(&self, expected: Read, found: Read) -> Option<String> {
        let expected = match expected {
            Ok(expected) => expected,
            Err(error) => return Some(format!("refused even with the mark: {error:.300}")),
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => return Some(format!("refused: {error:.300}")),
        };
        let mut wrong = Vec::new();
        self.compare(&expected, &found, "", &mut wrong);
        (!wrong.is_empty()).then(|| wrong[..wrong.len().min(5)].join("; "))
    }

    fn compare(&self, expected: &Json, found: &Json, path: &str, wrong: &mut Vec<String>) {
        let note = |expected: &Json, wrong: &mut Vec<String>| {
            let expected = (self.replace)(&expected.to_string());
            wrong.push(format!("at {path}: {:.200} is not {expected:.200}", found.to_string()));
        };
        match (expected, found) {
            (Json::String(text), Json::String(other)) if self.same(text, other) => {}
            (Json::Array(expected), Json::Array(found)) if expected.len() == found.len() => {
                let before = wrong.len();
                for (at, (expected, found)) in expected.iter().zip(found).enumerate() {
                    self.compare(expected, found, &format!("{path}[{at}]"), wrong);
                }
                if wrong.len() > before && self.any_order && self.same_set(expected, found) {
                    wrong.truncate(before);
                }
            }
            (Json::Object(map), Json::Object(found)) if map.len() == found.len() => {
                for (key, value) in map {
                    match found.iter().find(|(other, _)| self.same(key, other)) {
                        Some((_, other)) => self.compare(value, other, &format!("{path}.{key}"), wrong),
                        None => note(expected, wrong),
                    }
                }
            }
            (expected, found) if expected == found => {}
            _ => note(expected, wrong),
        }
    }

    fn same(&self, expected: &str, found: &str) -> bool {
        let expected = (self.replace)(expected);
        let capitals = !self.capitals.is_empty() && expected.starts_with(self.capitals);
        without_role(&expected) == without_role(found)
            || capitals && expected.eq_ignore_ascii_case(found)
            || !self.bytes.is_empty() && decoded(&expected, self.bytes) == decoded(found, self.bytes)
    }

    fn same_set(&self, expected: &[Json], found: &[Json]) -> bool {
        let sorted = |list: &[Json], replace: &dyn Fn(&str) -> String| {
            let mut texts: Vec<String> = list.iter().map(|it| in_order(it, replace).to_string()).collect();
            texts.sort();
            texts
        };
        sorted(expected, &|text| without_role(&(self.replace)(text))) == sorted(found, &without_role)
    }
}

/// How roles of Vault start in the lab that is tried.
const ROLES: &str = "hlmc.every-word.";

/// A text with the names of roles alike: they have a hash in the place of what Vault doesn't take. Only letters that it takes
/// count as such a name.
fn without_role(text: &str) -> String {
    let Some(at) = text.find(ROLES) else { return text.to_owned() };
    let behind = text[at + ROLES.len()..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_.".contains(c));
    format!("{}ROLE{behind}", &text[..at])
}

/// A tree with other texts, in which each list is sorted.
fn in_order(tree: &Json, replace: &dyn Fn(&str) -> String) -> Json {
    match tree {
        Json::String(text) => Json::from(replace(text)),
        Json::Array(list) => {
            let mut list: Vec<Json> = list.iter().map(|it| in_order(it, replace)).collect();
            list.sort_by_key(Json::to_string);
            Json::from(list)
        }
        Json::Object(map) => map.iter().map(|(key, value)| (replace(key), in_order(value, replace))).collect(),
        other => other.clone(),
    }
}

/// A text with the bytes that are written behind a sign.
fn decoded(text: &str, sign: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(sign) {
        let (before, behind) = (&rest[..at], &rest[at + sign.len()..]);
        out.extend_from_slice(before.as_bytes());
        match behind.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = &behind[2..];
            }
            None => {
                out.extend_from_slice(sign.as_bytes());
                rest = behind;
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}
