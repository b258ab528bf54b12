//! `(secret)"store:path#key"` as text that Nomad fills in from the store.

use super::Context;
use super::codes::{bad_reference::bad_reference, unknown_secret};
use crate::diagnostic::Sink;
use crate::model::SecretReference;
use crate::source::{Span, Spanned, quoted};

/// Turns a reference to a secret into one more line of an env file. `None` once what is wrong is reported.
pub(super) fn line(
    variable: Spanned<&str>,
    text: &str,
    span: Span,
    context: Context<'_>,
    lines: &mut String,
    sink: &mut Sink,
) -> Option<SecretReference> {
    let parsed = text.split_once(':').and_then(|(store, rest)| Some((store, rest.split_once('#')?)));
    let Some((store, (path, secret))) = parsed.filter(|(store, (path, key))| {
        ![*store, *path, *key].iter().any(|part| part.is_empty()) && !text.contains(char::is_control)
    }) else {
        sink.push(bad_reference("secret", text, "STORE:PATH#KEY", span));
        return None;
    };
    let place = |at: usize, part: &str| span.part(text, at, part.len());
    let places = [place(0, store), place(store.len() + 1, path), place(store.len() + path.len() + 2, secret)];
    if !declared((store, path, secret), places, context, sink) {
        return None;
    }
    let (function, place, value) = match store {
        "vault" => {
            let path = vault_path(mount(context), "data", path);
            ("secret", quoted(&path), field(".Data.data", secret))
        }
        _ if is_identifier(secret) => ("nomadVar", quoted(path), [".", secret, ".Value"].concat()),
        _ => ("nomadVar", quoted(path), ["(index . ", &quoted(secret), ").Value"].concat()),
    };
    lines.extend(["{{ with ", function, " ", &place, " }}", variable.value, "={{ ", &value, " | toJSON }}{{ end }}\n"]);
    let variable = variable.map(str::to_owned);
    Some(SecretReference { store: store.into(), path: path.into(), key: secret.into(), variable, span })
}

fn declared((store, path, key): (&str, &str, &str), places: [Span; 3], context: Context<'_>, sink: &mut Sink) -> bool {
    let stores = &context.lab.stores;
    // Where a part of the lab couldn't be read, it may be there.
    let mut report = |diagnostic| {
        if !context.lab.more_secrets {
            sink.push(diagnostic);
        }
    };
    let Some(found) = stores.iter().find(|known| known.name.value == store) else {
        report(unknown_secret::unknown_store(store, places[0], stores.iter().map(|known| known.name.as_str())));
        return false;
    };
    let Some((held, keys)) = found.at(path) else {
        let with_key = found.holds.iter().filter(|(_, keys)| keys.iter().any(|known| known.value == key));
        let paths = with_key.map(|(held, _)| held.as_str());
        report(unknown_secret::unknown_path(&found.name, path, key, places[1], paths));
        return false;
    };
    let known = keys.iter().any(|known| known.value == key);
    if !known {
        report(unknown_secret::unknown_key(held, key, places[2], keys.iter().map(|known| known.as_str())));
    }
    known
}

fn mount(context: Context<'_>) -> &str {
    context.lab.store("vault").map_or("secret", |store| &store.mount)
}

/// The path at which Vault's key-value engine, version 2, does something with a secret, such as `data`. That word comes behind the
/// mount, which is the first part of the path unless the store says another one that it lies in.
#[must_use]
pub fn vault_path(mount: &str, does: &str, path: &str) -> String {
    match split(mount, path) {
        Some((mount, rest)) => format!("{mount}/{does}/{rest}"),
        None => path.to_owned(),
    }
}

/// The mount of a path and what comes behind it.
fn split<'p>(mount: &str, path: &'p str) -> Option<(&'p str, &'p str)> {
    let rest = path.strip_prefix(mount).and_then(|rest| rest.strip_prefix('/'));
    rest.map(|rest| (&path[..mount.len()], rest)).or_else(|| path.split_once('/'))
}

fn field(of: &str, key: &str) -> String {
    if is_identifier(key) { format!("{of}.{key}") } else { format!("index {of} {}", quoted(key)) }
}

fn is_identifier(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_no_identifiers_are_indexed() {
        assert_eq!(field(".Data.data", "admin_password"), ".Data.data.admin_password");
        assert_eq!(field(".Data.data", "admin-password"), "index .Data.data \"admin-password\"");
    }

    #[test]
    fn a_text_stays_on_its_line() {
        assert_eq!(quoted("a\"\\\n\u{85}b"), r#""a\"\\\u000a\u0085b""#);
    }

    #[test]
    fn vault_reads_version_two_paths() {
        assert_eq!(vault_path("secret", "data", "secret/a/b"), "secret/data/a/b");
        assert_eq!(vault_path("secret", "data", "kv/a/b"), "kv/data/a/b");
        assert_eq!(vault_path("kv/home", "data", "kv/home/b"), "kv/home/data/b");
        assert_eq!(vault_path("kv", "data", "kvs/b"), "kvs/data/b");
    }
}
