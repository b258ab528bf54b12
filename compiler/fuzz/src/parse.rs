//! Any bytes: no panic, nothing lost, spans on character boundaries, formatting done at once and without changing a token.

use hlmc_syntax::{NodeRef, TokenKind, format, parse as parse_text};

/// Parses and formats a text; where the bytes aren't one, its start.
pub fn parse(bytes: &[u8]) {
    let text = crate::oracle::text(bytes);
    let parse = parse_text(text);
    let joined: String = parse.document.tokens().iter().map(|token| token.span.of(text)).collect();
    assert_eq!(joined, text);
    for error in parse.errors.iter().chain(&parse.warnings) {
        assert!(text.get(error.span.range()).is_some(), "{error:?}");
        if let Some((span, _)) = &error.secondary {
            assert!(text.get(span.range()).is_some(), "{error:?}");
        }
    }
    let mut open: Vec<NodeRef<'_, '_>> = parse.document.nodes().collect();
    while let Some(node) = open.pop() {
        assert!(text.get(node.span().range()).is_some());
        assert!(node.entries().all(|entry| text.get(entry.span().range()).is_some()));
        open.extend(node.children());
    }
    match format(text) {
        Ok(once) => {
            assert!(parse.errors.is_empty());
            assert_eq!(format(&once).as_ref(), Ok(&once));
            assert_eq!(significant(text), significant(&once));
        }
        Err(errors) => assert_eq!(errors, parse.errors),
    }
}

fn significant(text: &str) -> Vec<String> {
    let parse = parse_text(text);
    let tokens = parse.document.tokens().iter();
    tokens
        .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Newline))
        .map(|token| token.span.of(text).trim_end().to_owned())
        .collect()
}
