//! What holds for every diagnostic and every bundle.

use crate::render::{Look, Pages, github, json, sarif, short, text as draw};
use hlmc_core::bundle::Bundle;
use hlmc_core::diagnostic::{Diagnostic, Severity};
use hlmc_core::source::{Sources, Span};
use std::collections::BTreeSet;
use std::path::Path;

/// As much of the bytes as is text.
pub(crate) fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
    }
}

/// Every place is in its text, every message says something, and all can be drawn.
pub(crate) fn diagnostics_are_sound(found: &[Diagnostic], sources: &Sources) {
    for diagnostic in found {
        for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
            assert_in_text(label.span, sources, diagnostic);
        }
        if let Some(fix) = &diagnostic.fix {
            assert_in_text(fix.span, sources, diagnostic);
        }
        let Diagnostic { message, primary, .. } = diagnostic;
        assert!(!message.is_empty() && !message.ends_with('.'), "{diagnostic:?}");
        assert!(!message.starts_with(char::is_uppercase), "{diagnostic:?}");
        assert!(!primary.text.is_empty() || diagnostic.severity != Severity::Error, "{diagnostic:?}");
    }
    let files = found.iter().flat_map(|diagnostic| {
        let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
        labels.map(|label| label.span.file).chain(diagnostic.fix.iter().map(|fix| fix.span.file))
    });
    let pages = Pages::new(sources, files, Path::new("lab"));
    draw(found, &pages, Look { colour: false, width: 80 });
    draw(found, &pages, Look { colour: true, width: 20 });
    assert_eq!(short(found, &pages).lines().count(), found.len());
    assert_eq!(github(found, &pages).lines().count(), found.len());
    for document in [json(found, &pages, Path::new("lab")), sarif(found, &pages, Path::new("/work"))] {
        assert!(serde_json::from_str::<serde_json::Value>(&document).is_ok());
    }
}

fn assert_in_text(span: Span, sources: &Sources, diagnostic: &Diagnostic) {
    let source = sources.get(span.file);
    let slice = source.and_then(|source| source.text.get(span.start as usize..span.end as usize));
    assert!(slice.is_some(), "{span:?} is no place in a text: {diagnostic:?}");
}

/// Every path of a bundle is a plain one of its own, below the bundle's folder.
pub(crate) fn paths_are_safe(bundle: &Bundle) {
    let mut before: Option<&str> = None;
    for path in bundle.artifacts.iter().map(|artifact| artifact.path.as_str()) {
        let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(|c: char| c.is_control());
        assert!(path.split('/').all(plain), "{path:?}");
        assert!(path.len() < 1000 && path.split('/').all(|part| part.len() <= 255), "{path:?}");
        assert!(before.is_none_or(|before| before < path), "{before:?} before {path:?}");
        before = Some(path);
    }
    let paths: BTreeSet<&str> = bundle.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    for path in &paths {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        assert!(!folders.into_iter().any(|folder| paths.contains(folder)), "{path:?} is in a file");
    }
}
