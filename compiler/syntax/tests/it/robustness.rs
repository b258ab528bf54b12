//! Whatever the text: no panic, no recursion, linear time, and nothing of it lost.

use std::time::{Duration, Instant};

use hlmc_syntax::{ErrorKind, MAX_DEPTH, MAX_ERRORS, NodeRef, Span, format, parse};

use crate::{generate, suite};

/// Checks what holds for every text, valid or not.
pub(crate) fn check(text: &str) {
    let parse = parse(text);
    let mut end = 0;
    for token in parse.document.tokens() {
        assert_eq!(token.span.start, end, "a gap in {text:?}");
        assert!(!token.span.is_empty(), "an empty token in {text:?}");
        end = token.span.end;
    }
    assert_eq!(end as usize, text.len(), "the end is missing of {text:?}");
    let inside = |span: Span| text.get(span.range()).is_some();
    for error in parse.errors.iter().chain(&parse.warnings) {
        let secondary = error.secondary.as_ref().map(|(span, _)| *span);
        assert!(inside(error.span) && secondary.is_none_or(inside), "{error:?} of {text:?}");
    }
    let mut open: Vec<_> = parse.document.nodes().collect();
    while let Some(node) = open.pop() {
        check_spans(text, node);
        open.extend(node.children());
    }
    assert_eq!(format(text).is_ok(), parse.errors.is_empty());
}

/// Checks that the spans of a node lie in each other as they should.
fn check_spans(text: &str, node: NodeRef<'_, '_>) {
    let contains = |outer: Span, inner: Span| outer.start <= inner.start && inner.end <= outer.end;
    assert!(text.get(node.span().range()).is_some(), "{text:?}");
    assert!(contains(node.span(), node.head_span()), "{text:?}");
    assert!(contains(node.head_span(), node.name_span()), "{text:?}");
    for entry in node.entries() {
        assert!(contains(node.head_span(), entry.span()), "{text:?}");
        assert!(contains(entry.span(), entry.value_span()), "{text:?}");
        assert_eq!(entry.text(), entry.value_span().of(text));
        for ident in entry.key().into_iter().chain(entry.ty()) {
            assert!(contains(entry.span(), ident.span), "{text:?}");
        }
    }
    for child in node.children() {
        assert!(node.block_span().is_some_and(|block| contains(block, child.span())), "{text:?}");
    }
}

#[test]
fn nothing_is_lost_of_any_text() {
    for seed in generate::seeds(4_000) {
        check(&generate::document(seed));
        check(&generate::mutant(seed));
        check(&generate::soup(seed));
    }
    for (_, bytes) in suite::files().unwrap_or_default() {
        check(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn every_start_of_a_text_can_be_read() {
    for seed in 0..25 {
        let text = generate::document(seed);
        for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
            check(&text[..end]);
        }
    }
}

#[test]
fn ten_thousand_levels_are_one_error() {
    let deep = "a {\n".repeat(10_000) + &"}\n".repeat(10_000) + "after 1\n";
    check(&deep);
    let parse = parse(&deep);
    assert_eq!(parse.errors.len(), 1);
    assert_eq!(parse.errors[0].kind, ErrorKind::NestingTooDeep);
    assert_eq!(parse.errors[0].span, Span::new(4 * MAX_DEPTH as u32 + 2, 4 * MAX_DEPTH as u32 + 3));
    let names: Vec<_> = parse.document.nodes().map(|node| node.name()).collect();
    assert_eq!(names, ["a", "after"]);

    let unclosed = hlmc_syntax::parse(&deep[..40_000]).errors;
    assert_eq!(unclosed.len(), 1);
    assert_eq!(unclosed[0].kind, ErrorKind::NestingTooDeep);
}

#[test]
fn the_deepest_level_allowed_is_read() {
    let deep = "a {".repeat(MAX_DEPTH) + &"}".repeat(MAX_DEPTH);
    assert!(parse(&deep).errors.is_empty());
}

#[test]
fn so_many_errors_are_enough() {
    let parse = parse(&"a )\n".repeat(10_000)).errors;
    assert_eq!(parse.len(), MAX_ERRORS);
}

/// Texts of about `size` bytes that are hard on a parser that looks back or ahead too often.
fn hard_texts(size: usize) -> Vec<String> {
    const PIECES: &[&str] = &[
        "/*",
        "/* */",
        "*/",
        "\"",
        "\"\n",
        "\"\"\"",
        "\"\"\"\n",
        "#\"",
        "#\"\n",
        "#",
        "##\"",
        "\"#",
        "#\"\"\"\n",
        "\\",
        "\\\n",
        "\\ /* */",
        "(",
        ")",
        "(a)",
        "{",
        "}",
        "a{",
        "a{}",
        "a {\n",
        "\n}",
        "/-",
        "/- a",
        "/-{",
        "[",
        "[ ]",
        "[ [ ] ",
        "a [",
        "a=[\n",
        "=",
        "a=",
        "a =\\\n",
        ";",
        "0",
        "1_",
        "a,",
        "a 1,",
        "-",
        "\u{0}",
        "\u{feff}",
        "\u{200e}a",
        " ",
        "\n",
        "\t\n  ",
        "a ",
        "a/",
        "a 1 \"b\" c=2 { d; }\n",
        "\"a\n b\"",
        "\"\\\n",
        "\"\\u{",
        "\"\\q\" ",
        "\"a {\n",
        "\"}}}} ",
    ];
    let mut texts: Vec<_> = PIECES.iter().map(|piece| piece.repeat(size / piece.len())).collect();
    let half = size / 2;
    texts.push("\"\"\"\n".to_owned() + &"   \\\n".repeat(half / 5) + "\"\"\"");
    texts.push("#".repeat(half) + "\"" + &"\"#".repeat(half / 2));
    texts.push("a \"\"\"\n".to_owned() + &" x\n".repeat(half / 3) + " \"\"\"");
    texts.push("a ".to_owned() + &"é".repeat(half));
    texts.push("a 0x".to_owned() + &"f".repeat(size));
    texts.push("a ".to_owned() + &"9".repeat(size));
    texts.push("a 1.".to_owned() + &"1".repeat(size));
    texts.push("\"".to_owned() + &" {".repeat(half));
    texts
}

#[test]
fn hard_texts_are_read() {
    for text in hard_texts(2_000) {
        check(&text);
    }
}

/// A quadratic parser would need minutes for these, a linear one milliseconds.
#[test]
fn hard_texts_take_linear_time() {
    for text in hard_texts(400_000) {
        let start = Instant::now();
        let parse = parse(&text);
        let took = start.elapsed();
        let shown: String = text.chars().take(12).collect();
        assert!(took < Duration::from_secs(4), "{shown:?} took {took:?}, {} errors", parse.errors.len());
    }
}

#[test]
fn ten_megabytes_are_read() {
    let text = "service \"x\" { port 80; }\n".repeat(10_000_000 / 25);
    let parse = parse(&text);
    assert!(parse.errors.is_empty());
    assert_eq!(parse.document.nodes().count(), 400_000);
}
