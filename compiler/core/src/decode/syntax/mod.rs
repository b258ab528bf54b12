//! The syntax crate's errors as diagnostics; their pages lie beside this file.

use crate::diagnostic::{Code, Diagnostic, Severity, Sink};
use crate::source::{FileId, Span};
use hlmc_syntax::{ErrorKind, SyntaxError};

/// Reports what is wrong with a text, or looks wrong; `code` gives the code of a kind of mistake.
pub fn report<K: Copy>(errors: &[SyntaxError<K>], code: fn(K) -> &'static Code, file: FileId, sink: &mut Sink) {
    for error in errors {
        let span = Span::of(file, error.span);
        let mut diagnostic = Diagnostic::new(code(error.kind), error.message.as_str(), span, error.label.as_str())
            .maybe_help(error.help.clone());
        if let Some((span, text)) = &error.secondary {
            diagnostic = diagnostic.also(Span::of(file, *span), text.as_str());
        }
        sink.push(diagnostic);
    }
}

/// The code of a kind of error.
#[must_use]
pub fn code(kind: ErrorKind) -> &'static Code {
    let at = ErrorKind::ALL.iter().position(|known| *known == kind).unwrap_or(0);
    ALL[at]
}

const fn syntax(name: &'static str, summary: &'static str, page: &'static str) -> Code {
    Code { name, severity: Severity::Error, summary, allowable: false, page }
}

/// The codes of syntax errors, in the order of [`ErrorKind::ALL`].
pub static ALL: &[&Code] = &[
    &syntax("kdl-unexpected-token", "something stands where it can't", include_str!("kdl_unexpected_token.md")),
    &syntax("kdl-needs-quotes", "a text needs quotes", include_str!("kdl_needs_quotes.md")),
    &syntax(
        "kdl-bad-keyword",
        "a keyword without its `#`, or a `#word` that is none",
        include_str!("kdl_bad_keyword.md"),
    ),
    &syntax("kdl-bad-number", "starts like a number and isn't one", include_str!("kdl_bad_number.md")),
    &syntax("kdl-bad-escape", "a backslash before something that is no escape", include_str!("kdl_bad_escape.md")),
    &syntax("kdl-unclosed-string", "a string doesn't end", include_str!("kdl_unclosed_string.md")),
    &syntax(
        "kdl-bad-multiline-string",
        "a string of several lines isn't laid out as KDL asks",
        include_str!("kdl_bad_multiline_string.md"),
    ),
    &syntax("kdl-unclosed-comment", "a `/*` without `*/`", include_str!("kdl_unclosed_comment.md")),
    &syntax("kdl-unclosed-block", "a `{` without `}`", include_str!("kdl_unclosed_block.md")),
    &syntax("kdl-unopened-block", "a `}` without `{`", include_str!("kdl_unopened_block.md")),
    &syntax("kdl-hash-comment", "a comment starts with `#`", include_str!("kdl_hash_comment.md")),
    &syntax("kdl-version-1", "syntax of KDL version 1", include_str!("kdl_version_1.md")),
    &syntax(
        "kdl-forbidden-character",
        "a character that may not stand in a manifest",
        include_str!("kdl_forbidden_character.md"),
    ),
    &syntax("kdl-nesting-too-deep", "more levels of blocks than are read", include_str!("kdl_nesting_too_deep.md")),
    &Code {
        severity: Severity::Warning,
        allowable: true,
        ..syntax("kdl-looks-wrong", "allowed, but hardly what was meant", include_str!("kdl_looks_wrong.md"))
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_code() {
        assert_eq!(ErrorKind::ALL.len(), ALL.len());
        for kind in ErrorKind::ALL {
            assert_eq!(code(*kind).name, kind.code());
        }
    }
}
