//! What is read, and what is said of texts that can't be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use hlmc_hcl::{Expr, ExprKind, Item, Part, parse};

/// The value of `a` in a text without mistakes.
fn value(text: &str) -> ExprKind<'_> {
    let file = parse(text);
    assert_eq!(file.errors, [], "{text}");
    let attribute = file.body.attributes().find(|attribute| attribute.name.text == "a").unwrap();
    attribute.value.kind.clone()
}

/// An expression with every operation in parentheses.
fn shape(expr: &Expr<'_>) -> String {
    match &expr.kind {
        ExprKind::Number(text) | ExprKind::Variable(text) => (*text).to_owned(),
        ExprKind::Binary(operator, sides) => format!("({} {operator:?} {})", shape(&sides[0]), shape(&sides[1])),
        ExprKind::Conditional(parts) => {
            format!("({} ? {} : {})", shape(&parts[0]), shape(&parts[1]), shape(&parts[2]))
        }
        ExprKind::Negate(of) => format!("-{}", shape(of)),
        ExprKind::Not(of) => format!("!{}", shape(of)),
        ExprKind::Parens(of) => shape(of),
        ExprKind::Attr(of, name) => format!("{}.{}", shape(of), name.text),
        ExprKind::Index(of, key) => format!("{}[{}]", shape(of), shape(key)),
        ExprKind::Splat(of, steps) => format!("{}[*]{}", shape(of), steps.len()),
        ExprKind::Call { name, arguments, spread } => {
            let arguments: Vec<String> = arguments.iter().map(shape).collect();
            format!("{}({}{})", name.text, arguments.join(", "), if *spread { "..." } else { "" })
        }
        other => format!("{other:?}"),
    }
}

fn expression(text: &str) -> String {
    let text = format!("a = {text}\n");
    let file = parse(&text);
    assert_eq!(file.errors, [], "{text}");
    shape(&file.body.attributes().next().unwrap().value)
}

/// The text of `a`, with `${…}` for what is computed.
fn template(text: &str) -> String {
    let ExprKind::Template(template) = value(text) else { panic!("{text}: no template") };
    let part = |part: &Part<'_>| match part {
        Part::Text(text, _) => text.to_string(),
        _ => "${…}".to_owned(),
    };
    template.parts.iter().map(part).collect()
}

fn errors(text: &str) -> Vec<String> {
    let file = parse(text);
    let line = |at: u32| text[..at as usize].matches('\n').count() + 1;
    file.errors.iter().map(|error| format!("{}: {}", line(error.span.start), error.message)).collect()
}

#[test]
fn blocks_have_labels_and_bodies() {
    let file = parse("job \"a b\" {\n  group web { count = 2 }\n  meta {\n  }\n}\n");
    assert_eq!(file.errors, []);
    let job = file.body.blocks().next().unwrap();
    assert_eq!((job.name.text, &*job.labels[0].text), ("job", "a b"));
    let inner: Vec<&str> = job.body.blocks().map(|block| block.name.text).collect();
    assert_eq!(inner, ["group", "meta"]);
    assert!(
        matches!(&job.body.blocks().next().unwrap().body.items[..], [Item::Attribute(it)] if it.name.text == "count")
    );
}

#[test]
fn operators_bind_as_in_hcl() {
    assert_eq!(expression("1 + 2 * 3 - 4"), "((1 Add (2 Multiply 3)) Subtract 4)");
    assert_eq!(expression("x || y && !z == w"), "(x Or (y And (!z Equal w)))");
    assert_eq!(expression("p ? q : r ? s : t"), "(p ? q : (r ? s : t))");
    assert_eq!(expression("-1 + 2"), "(-1 Add 2)");
    assert_eq!(expression("(1 + 2) * 3"), "((1 Add 2) Multiply 3)");
    assert_eq!(expression("x <= 1 && y != 2"), "((x LessOrEqual 1) And (y NotEqual 2))");
}

#[test]
fn references_have_steps() {
    assert_eq!(expression("var.a.b[0].c"), "var.a.b[0].c");
    assert_eq!(expression("local.list.0.name"), "local.list[0].name");
    assert_eq!(expression("local.list[*].name.x"), "local.list[*]2");
    assert_eq!(expression("local.list.*.name"), "local.list[*]1");
    assert_eq!(expression("max(1, f(x)...)"), "max(1, f(x)...)");
}

#[test]
fn lines_end_expressions_but_in_brackets() {
    assert_eq!(expression("(\n 1 +\n 2\n)"), "(1 Add 2)");
    assert_eq!(errors("a = 1 +\n2\n"), ["1: a value is missing"]);
    assert!(matches!(value("a = [\n 1, # one\n 2,\n]\n"), ExprKind::Tuple(list) if list.len() == 2));
    assert!(matches!(value("a = {\n b = 1\n c: 2, \"d\" = 3\n (e) = 4 }\n"), ExprKind::Object(map) if map.len() == 4));
    assert!(matches!(value("a = [for k, v in m : v if v != null]\n"), ExprKind::For(_)));
    assert!(matches!(value("a = {for v in l : v.k => v...}\n"), ExprKind::For(it) if it.group));
    assert!(matches!(value("a = { for = 1 }\n"), ExprKind::Object(_)));
}

#[test]
fn texts_resolve_their_escapes() {
    assert_eq!(template(r#"a = "x\n\"\\\t\u00e4\U0001F600""#), "x\n\"\\\tä😀");
    assert_eq!(template(r#"a = "$${x} %%{y} $x 5% $$ ${z}""#), "${x} %{y} $x 5% $$ ${…}");
    assert_eq!(template(r#"a = "x  ${~ y ~}  z""#), "x${…}z");
    assert_eq!(template(r#"a = "${x}}""#), "${…}}");
    assert_eq!(template(r#"a = "${x ~}}""#), "${…}}");
    assert_eq!(template("a = \"${ f(\n\"}\"\n) }\"\n"), "${…}");
}

#[test]
fn heredocs_keep_or_lose_their_indentation() {
    assert_eq!(template("a = <<EOF\n  x\n y\n  EOF\n"), "  x\n y\n");
    assert_eq!(template("a = <<-EOF\n    x\n\n      y ${z}\n    EOF\n"), "x\n\n  y ${…}\n");
    assert_eq!(template("a = <<EOF\nEOF\n"), "");
    assert_eq!(template("a = <<EOF\n\"q\" \\n $${x} EOF\nEOF\n"), "\"q\" \\n ${x} EOF\n");
    assert_eq!(template("a = <<EOF\r\nx\r\nEOF\r\nb = 1\r\n"), "x\r\n");
    assert_eq!(template("a = <<EOF\n%{ if x }yes%{ else }no%{ endif }\nEOF\n"), "${…}\n");
}

#[test]
fn comments_are_kept() {
    let file = parse("# one\na = 1 // two\n/* three\n */ b = [ # four\n]\n");
    assert_eq!(file.errors, []);
    let comments: Vec<(&str, bool)> = file.comments.iter().map(|it| (it.text, it.trailing)).collect();
    assert_eq!(comments, [(" one", false), (" two", true), (" three\n ", false), (" four", true)]);
}

#[test]
fn every_mistake_is_told_once() {
    let text = "job \"x\" {\n  a = \n  b = [1, 2\n  c = 'x'\n  d = 1\n  \"e\" = 2\n  f: 3\n  g = { h = 1 2, i = }\n  j = \"open\n  k = 1, l = 2\n}\n}\n";
    assert_eq!(
        errors(text),
        [
            "2: there is no value behind `=`",
            "3: there is no `]` for this `[`",
            "4: a value is missing",
            "6: a name at the start of a line has no quotes: `e`",
            "7: `f` is neither an attribute nor a block",
            "8: the entries of a map stand on lines of their own, or with commas between them",
            "8: a value is missing",
            "9: the text doesn't end on its line",
            "10: each attribute and each block has a line of its own",
            "12: there is no `{` for this `}`",
        ]
    );
}

#[test]
fn what_is_left_open_is_shown_where_it_opens() {
    assert_eq!(errors("job \"x\" {\n  a = 1\n"), ["1: the block of `job` is never closed"]);
    assert_eq!(errors("a = <<EOF\nx\n"), ["1: the heredoc `EOF` never ends"]);
    assert_eq!(errors("a = {\n b = 1\n"), ["1: there is no `}` for this `{`"]);
    assert_eq!(errors("a = \"${x\"\n"), ["1: what `${` opens can't be read as an expression"]);
    assert_eq!(errors("a = \"${x y}\"\n"), ["1: what `${` opens can't be read as an expression"]);
    assert_eq!(errors("/* a\n"), ["1: the comment is never closed"]);
    assert_eq!(errors("a = \"%{ if x }\"\n"), ["1: there is no `%{ endif }` for this `if`"]);
    assert_eq!(errors("a \"${b}\" {}\n"), ["1: a label can't have an expression in it"]);
    assert_eq!(errors("a = [ } ]\n"), ["1: a value is missing"]);
    assert_eq!(errors("a = { ) }\n"), ["1: a value is missing"]);
}

#[test]
fn nothing_overflows() {
    for open in ["[", "{", "(", "-", "a {", "{ a = ", "f(", "!", "\"${", "a[", "x ? ", "1 + ("] {
        let text = format!("a = {}", open.repeat(50_000));
        assert!(!parse(&text).errors.is_empty(), "{open}");
        let text = open.repeat(50_000);
        assert!(!parse(&text).errors.is_empty(), "{open}");
    }
}

#[test]
fn errors_are_a_hundred_at_most() {
    assert_eq!(parse(&"a =\n".repeat(1000)).errors.len(), hlmc_hcl::MAX_ERRORS);
}

#[test]
fn long_lines_take_linear_time() {
    let list = format!("a = [{}]\n", "1, /* c */ ".repeat(200_000));
    assert_eq!(parse(&list).errors, []);
    let broken = format!("a = [{}]\n", "1 2, ".repeat(200_000));
    assert_eq!(parse(&broken).errors.len(), hlmc_hcl::MAX_ERRORS);
    let text = format!("a = \"{}\"\n", "${b} ".repeat(200_000));
    assert_eq!(parse(&text).errors, []);
}

#[test]
fn what_hcl_1_allowed_is_read_and_told() {
    let file =
        parse("\"job\" \"x\" {\n  group \"y\" = {\n    a = 1 b { c = 2 d = 3 }\n  }\n  \"e.f\" = \"g\n    h\"\n}\n");
    let said: Vec<(&str, &str)> = file.errors.iter().map(|it| (it.kind.code(), it.message.as_str())).collect();
    assert_eq!(
        said,
        [
            ("hcl-version-1", "a name at the start of a line has no quotes: `job`"),
            ("hcl-version-1", "the block `group` has no `=`"),
            ("hcl-version-1", "each attribute and each block has a line of its own"),
            ("hcl-version-1", "each attribute and each block has a line of its own"),
            ("hcl-version-1", "a name at the start of a line has no quotes: `e.f`"),
            ("hcl-version-1", "a text in quotes ends on its line"),
        ]
    );
    let job = file.body.blocks().next().unwrap();
    let group = job.body.blocks().next().unwrap();
    let b = group.body.blocks().next().unwrap();
    assert_eq!((job.name.text, group.name.text, b.body.attributes().count()), ("job", "group", 2));
}

#[test]
fn a_block_on_one_line_has_one_attribute() {
    let told = "1: a `a` that starts on the line of its `{` has one attribute and ends there";
    for fine in ["a {}\n", "a { b = 1 }\n", "a { b = [\n1\n] }\n", "a { # x\n b = 1\n}\n", "a {\n}\n"] {
        assert_eq!(errors(fine), Vec::<String>::new(), "{fine}");
    }
    for wrong in ["a { b = 1\n}\n", "a { b {} }\n", "a { b = 1\nc = 2 }\n"] {
        assert_eq!(errors(wrong), [told], "{wrong}");
    }
}

#[test]
fn a_broken_head_takes_its_block_with_it() {
    assert_eq!(errors("job 1 {\n  a = 1\n}\nb = 2\n"), ["1: `job` is neither an attribute nor a block"]);
    assert_eq!(errors("a {\n  b 1 {\n    c = 1\n  }\n  d = 2\n}\n"), ["2: `b` is neither an attribute nor a block"]);
}
