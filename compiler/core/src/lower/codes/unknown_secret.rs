//! `unknown-secret`: a secret that no store declares.

use crate::diagnostic::{Diagnostic, code, nearest};
use crate::source::{Span, Spanned};

code!(Error, "unknown-secret", "unknown_secret.md", "a secret that no store declares");

/// The store isn't declared in `lab.kdl`.
pub fn unknown_store<'a>(store: &str, place: Span, stores: impl IntoIterator<Item = &'a str> + Clone) -> Diagnostic {
    Diagnostic::new(&CODE, format!("the lab declares no store of secrets `{store}`"), place, "no such store")
        .help(format!("add `secrets \"{store}\" {{ … }}` to `lab.kdl`"))
        .did_you_mean(store, nearest(store, stores))
}

/// The store is declared, but holds nothing at this path.
pub fn unknown_path<'a>(
    store: &Spanned<String>,
    path: &str,
    key: &str,
    place: Span,
    paths: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{}` holds nothing at `{path}`", store.value), place, "no such path")
        .also(store.span, "the store is declared here")
        .help(format!(
            "add `holds \"{path}\" {{ keys \"{key}\" }}` to the store, and put the value there before you deploy"
        ))
        .did_you_mean(path, nearest(path, paths))
}

/// The path is declared, but without this key.
pub fn unknown_key<'a>(
    path: &Spanned<String>,
    key: &str,
    place: Span,
    keys: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{}` has no key `{key}`", path.value), place, "no such key")
        .also(path.span, "the path is declared here")
        .help(format!("add `\"{key}\"` to the keys of `{}`, and put the value there before you deploy", path.value))
        .did_you_mean(key, nearest(key, keys))
}
