//! `unused-secret`: a key that a store is said to hold, and that nothing reads.

use crate::analyze::{Analysis, templates};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{SecretStore, Service};
use crate::source::Spanned;
use std::cell::LazyCell;

code!(Warning, "unused-secret", "unused_secret.md", "nothing reads a secret that a store holds");

/// Reports, once for each path of a store, the keys that no service reads.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    if lab.stores.iter().all(|store| store.holds.is_empty()) {
        return;
    }
    let mut read: Vec<(&str, &str, &str)> = Vec::new();
    for service in &lab.services {
        let own = service.secrets.iter();
        let start = read.len();
        read.extend(own.map(|secret| (secret.path.as_str(), secret.key.as_str(), secret.store.as_str())));
        // A service's secrets lie mostly at a path of its name: then all of them are sorted.
        read[start..].sort_unstable();
    }
    read.sort_unstable();
    let templates = LazyCell::new(|| reading(&lab.services));
    for store in &lab.stores {
        let name = store.name.as_str();
        // Both are sorted by path.
        let mut rest = read.as_slice();
        for (path, keys) in &store.holds {
            rest = &rest[rest.iter().take_while(|(read, ..)| *read < path.as_str()).count()..];
            let here = &rest[..rest.iter().take_while(|(read, ..)| *read == path.as_str()).count()];
            let unread = |key: &&Spanned<String>| here.binary_search(&(path, key, name)).is_err();
            let unread: Vec<&Spanned<String>> = keys.iter().filter(unread).collect();
            if !unread.is_empty() && !templates.iter().any(|text| may_read(text, store, path)) {
                sink.push(unused_secret(store, path, keys.len(), &unread));
            }
        }
    }
}

/// The texts by which Nomad reads secrets by itself.
fn reading(services: &[Service]) -> Vec<&str> {
    let templates = services.iter().flat_map(Service::tasks).flat_map(templates);
    let texts = templates.filter_map(|template| template.body.str("data").map(|text| text.value));
    texts.filter(|text| text.contains("nomadVar") || text.contains("secret")).collect()
}

/// Whether a template may read a path: it names it, or puts paths together.
fn may_read(text: &str, store: &SecretStore, path: &str) -> bool {
    let inside = path.split_once('/').map_or(path, |(_, rest)| rest);
    let composed = text.contains("printf") || text.contains("print ") || text.contains("nomadVarList");
    text.contains(path) || store.name.value == "vault" && text.contains(inside) || composed
}

fn unused_secret(store: &SecretStore, path: &Spanned<String>, of: usize, unread: &[&Spanned<String>]) -> Diagnostic {
    let names: Vec<String> = unread.iter().map(|key| format!("`{}`", key.value.escape_debug())).collect();
    let (what, path_name) = (names.join(", "), path.value.escape_debug());
    let message = format!("nothing reads {what} at `{path_name}` of store `{}`", store.name.value);
    let whole = unread.len() == of;
    let place = if whole { path.span } else { unread[0].span };
    let mut diagnostic = Diagnostic::new(&CODE, message, place, "not read");
    for other in unread.iter().skip(1).filter(|_| !whole) {
        diagnostic = diagnostic.also(other.span, "nor this one");
    }
    let key = &unread[0].value;
    let line = if whole { "the line" } else { "what isn't read" };
    diagnostic.help(format!(
        "remove {line}, and the value from the store, or read it: `(secret)\"{}:{}#{key}\"` in `env`",
        store.name.value, path.value
    ))
}
