//! The formatter: what it does, and what it must never do.

use hlmc_syntax::{TokenKind, format, parse};

use crate::{canonical, differential, generate, suite};

/// Returns what is wrong with how a valid text is formatted.
fn fault(text: &str) -> Option<String> {
    let Ok(once) = format(text) else { return None };
    let Ok(twice) = format(&once) else {
        return Some(format!("{text:?}\nbecomes invalid:\n{once:?}"));
    };
    if once != twice {
        return Some(format!("{text:?}\nonce:  {once:?}\ntwice: {twice:?}"));
    }
    if significant(text) != significant(&once) {
        return Some(format!("{text:?}\nhas other tokens as\n{once:?}"));
    }
    let (before, after) = (parse(text), parse(&once));
    let same = canonical::print(&before.document) == canonical::print(&after.document);
    (!same).then(|| format!("{text:?}\nmeans something else as\n{once:?}"))
}

/// Returns all tokens but white space, as they are written.
fn significant(text: &str) -> Vec<String> {
    parse(text)
        .document
        .tokens()
        .iter()
        .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Newline))
        .map(|token| token.span.of(text).trim_end().to_owned())
        .collect()
}

fn check(texts: impl Iterator<Item = String>) {
    let faults: Vec<_> = texts.filter_map(|text| fault(&text)).collect();
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults[..faults.len().min(8)].join("\n\n"));
}

#[test]
fn formatting_keeps_meaning_and_tokens_and_is_done_at_once() {
    check(generate::seeds(4_000).map(generate::document));
    check(generate::seeds(4_000).map(generate::mutant));
    check(generate::seeds(4_000).map(generate::soup));
    let suite = suite::files().unwrap_or_default();
    check(suite.into_iter().filter_map(|(_, bytes)| String::from_utf8(bytes).ok()));
    check(differential::repository_files().into_iter().map(|(_, text)| text));
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(format(text).unwrap(), expected);
}

#[test]
fn indents_blocks_and_separates_entries() {
    becomes(
        "service   \"a\"  {\n\n\n  port \"http\"  to = 80\n\n\n\n\tenv{\nA (secret) \"b\"  \n  }\n\n}\n\n\n",
        "service \"a\" {\n    port \"http\" to=80\n\n    env {\n        A (secret)\"b\"\n    }\n}\n",
    );
}

#[test]
fn keeps_lines_as_their_author_wrote_them() {
    becomes("a {b;c}", "a { b; c }\n");
    becomes("a {b;c\n}", "a {\n    b; c\n}\n");
    becomes("a;b;  c", "a; b; c\n");
    becomes("a { }", "a {}\n");
    becomes("a {\n}", "a {}\n");
    becomes("a { b { c } }", "a { b { c } }\n");
}

#[test]
fn keeps_comments_where_they_are() {
    becomes(
        "// top\n\n\na {   // open\n\n  // own line\n  b  // end  \n  /* c */ d\n // last\n\n}  // close",
        "// top\n\na { // open\n    // own line\n    b // end\n    /* c */ d\n    // last\n} // close\n",
    );
    becomes("a/*x*/b /* y */", "a/*x*/b /* y */\n");
    becomes("/-  a\n/-b {\nc}", "/- a\n/-b {\n    c\n}\n");
}

#[test]
fn aligns_comments_of_successive_lines() {
    becomes(
        "a {\n  bcd 1 // x\n  é // y\n\n  f // z\n} // end\ng \"\"\"\n  1\n  \"\"\" // w\nhi // v",
        "a {\n    bcd 1 // x\n    é     // y\n\n    f // z\n} // end\ng \"\"\"\n  1\n  \"\"\" // w\nhi    // v\n",
    );
    becomes("a \\\n{ // x\n\nbc // y\n}", "a \\\n    {  // x\n    bc // y\n}\n");
    let long = std::format!("{} // x\na // y\n", "b".repeat(50));
    becomes(&long, &long);
}

#[test]
fn keeps_joined_lines() {
    becomes(
        "x {\na 1 \\\n2 \\ // why\n  3\n\n\n\nb\n}",
        "x {\n    a 1 \\\n        2 \\ // why\n        3\n\n    b\n}\n",
    );
    becomes("a \\\n\nb", "a \\\n\nb\n");
}

#[test]
fn keeps_strings_of_several_lines() {
    becomes("a {\nb \"\"\"\n  x\n    y\n  \"\"\" c\n}", "a {\n    b \"\"\"\n  x\n    y\n  \"\"\" c\n}\n");
}

#[test]
fn keeps_the_kind_of_line_break() {
    becomes("a\r\nb {\r\nc\n}", "a\r\nb {\r\n    c\r\n}\r\n");
    becomes("", "");
    becomes("\n \n", "");
    becomes("\u{FEFF}a", "\u{FEFF}a\n");
}

#[test]
fn an_invalid_text_is_not_formatted() {
    let errors = format("a {").unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].kind.code(), "kdl-unclosed-block");
}
