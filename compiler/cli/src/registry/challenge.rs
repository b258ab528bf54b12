//! What a registry asks for: the `WWW-Authenticate` header.

use std::collections::BTreeMap;

/// A way to log in that a registry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A token, from where it says.
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
    /// Name and password with each request.
    Basic,
}

/// The first way in a header that is known; a token before a password.
pub(crate) fn challenge(headers: &[&str]) -> Option<Challenge> {
    let all: Vec<(String, BTreeMap<String, String>)> = headers.iter().flat_map(|header| schemes(header)).collect();
    let bearer = all.iter().find_map(|(scheme, parameters)| {
        let get = |name: &str| parameters.get(name).cloned();
        let realm = get("realm").filter(|_| scheme == "bearer")?;
        Some(Challenge::Bearer { realm, service: get("service"), scope: get("scope") })
    });
    bearer.or_else(|| all.iter().any(|(scheme, _)| scheme == "basic").then_some(Challenge::Basic))
}

/// Each scheme with its parameters; their names in small letters.
fn schemes(header: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut found: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    let mut rest = header.trim_start_matches([' ', ',', '\t']);
    while !rest.is_empty() {
        let end = rest.find([' ', '=', ',', '\t']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let word = word.to_ascii_lowercase();
        if let Some(value) = after.trim_start().strip_prefix('=') {
            let (value, after) = value_of(value.trim_start());
            if let Some((_, parameters)) = found.last_mut() {
                parameters.insert(word, value);
            }
            rest = after;
        } else {
            if !word.is_empty() {
                found.push((word, BTreeMap::new()));
            }
            rest = after;
        }
        rest = rest.trim_start_matches([' ', ',', '\t']);
        // A lone `=` would never end.
        rest = rest.strip_prefix('=').unwrap_or(rest);
    }
    found
}

/// A word or a quoted text, and what follows it.
fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', ',', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let (mut value, mut escaped) = (String::new(), false);
    for (at, letter) in quoted.char_indices() {
        match letter {
            _ if escaped => {
                value.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, &quoted[at + 1..]),
            _ => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Option<Challenge> {
        let text = |text: &str| text.to_owned();
        Some(Challenge::Bearer { realm: text(realm), service: service.map(text), scope: scope.map(text) })
    }

    #[test]
    fn a_header_is_read_as_it_is_meant() {
        for (headers, expected) in [
            (
                [r#"Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push""#].as_slice(),
                bearer("https://auth.example.com/token", Some("registry"), Some("repository:a/b:pull,push")),
            ),
            (&[r#"bearer realm = "https://a/t" , Service=s"#], bearer("https://a/t", Some("s"), None)),
            (&[r#"Basic realm="a \"b\", c", Bearer realm="https://a/t""#], bearer("https://a/t", None, None)),
            (&["Basic realm=\"x\"", "Bearer realm=\"https://a/t\""], bearer("https://a/t", None, None)),
            (&["Basic realm=\"Registry\""], Some(Challenge::Basic)),
            (&["basic"], Some(Challenge::Basic)),
            (&["Negotiate"], None),
            (&["Bearer"], None),
            (&["", "=", "==,=", "Bearer realm=", "a=b"], bearer("", None, None)),
            (&["Bearer realm=\"https://a/t"], bearer("https://a/t", None, None)),
            (&[], None),
        ] {
            assert_eq!(challenge(headers), expected, "{headers:?}");
        }
    }
}
