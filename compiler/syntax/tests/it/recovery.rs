//! What people really type wrong: one error a mistake, at the right place, and the rest of the
//! file still in the tree. Each snapshot shows the sources, the errors and what was read.

use hlmc_syntax::{ErrorKind, Span, SyntaxError, parse};

use crate::canonical;

fn show(sources: &[&str]) -> String {
    let mut out = String::new();
    for source in sources {
        let parse = parse(source);
        out.push_str("----- source\n");
        out.push_str(source.trim_end());
        out.push('\n');
        for error in &parse.errors {
            show_error(source, "error", error, &mut out);
        }
        for warning in &parse.warnings {
            show_error(source, "warning", warning, &mut out);
        }
        out.push_str("----- read as\n");
        out.push_str(&canonical::print(&parse.document));
        out.push('\n');
    }
    let hidden =
        |char: char| char.is_control() && char != '\n' && char != '\t' || matches!(char, '\u{200e}'..='\u{202e}');
    out.replace(hidden, "\u{fffd}")
}

fn show_error(source: &str, level: &str, error: &SyntaxError, out: &mut String) {
    let code = error.kind.code();
    out.push_str(&format!("----- {level}[{code}]: {}\n", error.message));
    show_place(source, error.span, &error.label, out);
    if let Some((span, label)) = &error.secondary {
        show_place(source, *span, label, out);
    }
    if let Some(help) = &error.help {
        out.push_str(&format!("  help: {help}\n"));
    }
}

/// Shows the line of a span, and under it the marks and the label.
fn show_place(source: &str, span: Span, label: &str, out: &mut String) {
    let start = span.start as usize;
    let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let line = source[line_start..].lines().next().unwrap_or_default();
    let number = source[..start].matches('\n').count() + 1;
    let column = source[line_start..start].chars().count();
    let width = span.of(source).lines().next().map_or(0, |line| line.chars().count());
    let marks = "^".repeat(width.max(1));
    out.push_str(&format!("  {number:>3} | {line}\n"));
    out.push_str(&format!("      | {}{marks} {label}\n", " ".repeat(column)));
}

macro_rules! snapshots {
    ($($name:ident: [$($source:literal),+ $(,)?],)+) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(show(&[$($source),+]));
            }
        )+
    };
}

snapshots! {
    version_1: [
        "enabled true\nretries null\nratio -inf\n",
        "pattern r\"\\d+\"\npattern r#\"a\"b\"#\nafter 1\n",
        "/- kdl-version 1\nnode 1\n",
        "true 1\nnode null=1\n",
    ],
    habits_of_hcl: [
        "image = \"nginx\"\nport =80\nafter 1\n",
        "service = \"web\" {\n    port 80\n}\nlabels = {\n    a \"b\"\n}\n",
        "args = [\"a\", \"b\"]\nenv = [\n  \"A=1\",\n  \"B=2\",\n]\nafter 1\n",
        "node 80=web\nnode \"a\" = = 1\n",
    ],
    habits_of_yaml_and_json: [
        "\"image\": \"nginx\",\n\"port\": 80\nafter 1\n",
        "ports 80, 443, 8080\nflags #true, #false\nhosts \"a\", \"b\"\nafter 1\n",
        "# a comment, isn't it? {\nnode 1 # and \"this\nother #8080\n#comment\nafter 1\n",
        "paths [\"/a\" \"/b\"]\nmap {\"a\": 1}\n",
    ],
    unquoted_text: [
        "mount /var/lib/app to=/data/app:ro\nafter 1\n",
        "port 53/udp\nnetwork 10.0.0.0/24\nwindows C:\\temp\\x\nafter 1\n",
        "version 1.2.3\nmemory 2GiB\nwait 30s\nhalf .5\nwhole 5.\nhex 0xfg\nbig 0x\n",
        "foo#bar baz\ncolour #ff0000\nflag #True\nflag #ture\nflag #flase\n",
        "a[0] 1\nfn(x) 2\n8080 \"x\"\n#true 1\n",
    ],
    quotes: [
        "image 'nginx'\nname “my app”\npath '/var/lib'\nlist a, b\nurl https://example.com/x\n",
        "image \"nginx\nport 80\n",
        "service \"web {\n    image \"nginx\"\n}\nafter 1\n",
        "text \"first\nsecond\nthird\"\nafter 1\n",
        "node \"a\"\"b\"\nnode \"a\"1\nnode\"a\"\nnode a=\"x\"b=\"y\"\n",
        "raw #\"abc\nafter 1\n",
    ],
    escapes: [
        "a \"\\d+\"\nb \"C:\\Users\"\nc \"\\u00e9\"\nd \"\\u{110000}\" \"\\u{d800}\" \"\\u{}\" \"\\u{1234567}\" \"\\u{41\"\ne \"\\/\"\nf \"\\é\"\nafter 1\n",
        "a \"\"\"\n  x \\q\n  \"\"\"\nafter 1\n",
        "a \\ b\nc\\d\nafter 1\n",
    ],
    strings_of_several_lines: [
        "a \"\"\"one line\"\"\"\nb #\"\"\"one line\"\"\"#\nafter 1\n",
        "a \"\"\"first\n  second\n  \"\"\"\nafter 1\n",
        "a \"\"\"\n  first\n  second\"\"\"\nafter 1\n",
        "a \"\"\"\n    first\n  second\n    \"\"\"\nafter 1\n",
        "a \"\"\"\n\tfirst\n    second\n\t\"\"\"\nb ##\"\"\"\n  x\n y\n  \"\"\"##\nafter 1\n",
        "a \"\"\"\n   x\\ty \\\n  z\n  w\n   \"\"\"\nafter 1\n",
        "before 1\na {\n  b \"\"\"\n  text\n}\nafter 1\n",
        "before 1\na ##\"\"\"\n  text\n  \"\"\"#\nafter 1\n",
    ],
    missing_braces: [
        "node {\n",
        "service \"a\" {\n    port \"http\" {\n        to 80\n    image \"nginx\"\n}\nservice \"b\" {\n    image \"x\"\n}\n",
        "service \"a\" {\n    image \"nginx\"\n\nservice \"b\" {\n    image \"x\"\n}\n",
        "a {\n    b {\n        c {\n            d\n",
        "a { b { c }\nd\n",
    ],
    superfluous_braces: [
        "a {\n    b\n}\n}\nc\n",
        "service \"a\" {\n    port {\n        to 80\n    }\n    }\n    image \"x\"\n}\nafter 1\n",
        "} a\n",
    ],
    blocks: [
        "service \"a\"\n{\n    image \"x\"\n}\nafter 1\n",
        "{\n    image \"x\"\n}\nafter 1\n",
        "a { b; } c\nd { e; } { f; }\nafter 1\n",
        "a { b; } c=1 {\n    x\n}\nafter 1\n",
        "a;; b\n; c\n",
    ],
    annotations: [
        "a (secret)\nb ()1\nc (secret\nd (1)2\ne (a b)3\nafter 1\n",
        "(type)\n(type) {\n    a\n}\nafter 1\n",
        "a (u8)size=1\nb size=(u8)\nc size=\nd ) e\nafter 1\n",
    ],
    slashdash: [
        "a /-\nb\nc /-;\n/- {\n    d\n}\n/-\n",
        "a /- /- b c\n(t)/-a\na b=/-1 2\nafter 1\n",
        "a /-{\n    b\n} c {\n    d\n}\nafter 1\n",
    ],
    comments: [
        "before 1\n/* never /* closed */\nafter 1 {\n",
        "glob /data/*.txt\nafter 1\n",
    ],
    forbidden_characters: [
        "a \u{7f}b\nc \"x\u{200e}y\" \u{1}\u{2}\u{3}\n// \u{202e}\nd 1\u{0}2\nafter 1\n",
        "\u{feff}a\n\u{feff}b\n",
    ],
    several_at_once: [
        "service \"web\" {\n    image = nginx/latest\n    port 80,\n    env {\n        DEBUG true\n        # comment\n    }\n    memory 2GiB\n}\n",
    ],
}

#[test]
fn every_kind_has_a_code_of_its_own() {
    let mut codes: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ErrorKind::ALL.len());
    for code in codes {
        assert!(code.starts_with("kdl-"), "{code}");
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'1'), "{code}");
    }
}
