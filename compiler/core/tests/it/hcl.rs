//! The layout and the escaping of HCL, by examples.

use hlmc_core::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use hlmc_core::nomad::hcl::{Dialect, write};
use hlmc_core::source::{Span, Spanned};
use insta::assert_snapshot;

pub(crate) const NOWHERE: Span = Span::new(hlmc_core::source::FileId(0), 0, 0);

pub(crate) fn label(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), NOWHERE)
}

pub(crate) fn value(kind: ValueKind) -> Value {
    Value { kind, span: NOWHERE }
}

pub(crate) fn text(text: &str) -> Value {
    Value::str(text, NOWHERE)
}

pub(crate) fn map(pairs: &[(&str, Value)]) -> Value {
    value(ValueKind::Map(pairs.iter().map(|(name, value)| (label(name), value.clone())).collect()))
}

pub(crate) fn body(attributes: &[(&str, Value)], blocks: Vec<Block>) -> Body {
    let attributes = attributes.iter().map(|(name, value)| Attribute {
        name: (*name).to_owned().into(),
        name_span: NOWHERE,
        value: value.clone(),
    });
    Body { attributes: attributes.collect(), blocks }
}

pub(crate) fn block(name: &'static str, labels: &[&str], body: Body) -> Block {
    Block { name: name.into(), labels: labels.iter().map(|text| label(text)).collect(), body, span: NOWHERE }
}

fn in_job(one: &str) -> String {
    write(&body(&[("x", text(one))], vec![]), Dialect::Job)
}

fn in_hcl1(one: &str) -> String {
    write(&body(&[("x", text(one))], vec![]), Dialect::Hcl1)
}

#[test]
fn lays_out_a_job_as_nomad_fmt_does() {
    let template = block(
        "template",
        &[],
        body(&[("destination", text("local/app.conf")), ("data", text("a = 1\nb = \"${NOMAD_PORT_http}\"\n"))], vec![]),
    );
    let config = block(
        "config",
        &[],
        body(
            &[
                ("image", text("nextcloud:31.0.9-apache")),
                ("ports", Value::strings(["http"], NOWHERE)),
                ("labels", value(ValueKind::List(vec![map(&[("a.b", text("c")), ("longer.key", text("d"))])]))),
                ("privileged", Value::bool(true, NOWHERE)),
            ],
            vec![],
        ),
    );
    let env = block("env", &[], body(&[("TZ", text("Europe/Dublin")), ("MYSQL_HOST", text("db"))], vec![]));
    let meta = block("meta", &[], body(&[("owner.tag", text("lab")), ("plain", text("x"))], vec![]));
    let task = block("task", &["web"], body(&[("driver", text("docker"))], vec![config, env, template]));
    let group = block(
        "group",
        &["web"],
        body(&[("count", Value::int(2, NOWHERE))], vec![block("ephemeral_disk", &[], body(&[], vec![])), meta, task]),
    );
    let job = block("job", &["nextcloud"], body(&[("datacenters", Value::strings(["home"], NOWHERE))], vec![group]));
    assert_snapshot!(write(&body(&[], vec![job]), Dialect::Job), @r#"
    job "nextcloud" {
      datacenters = ["home"]

      group "web" {
        count = 2

        ephemeral_disk {}

        meta = {
          "owner.tag" = "lab"
          plain       = "x"
        }

        task "web" {
          driver = "docker"

          config {
            image = "nextcloud:31.0.9-apache"
            ports = ["http"]
            labels = [{
              "a.b"        = "c"
              "longer.key" = "d"
            }]
            privileged = true
          }

          env {
            TZ         = "Europe/Dublin"
            MYSQL_HOST = "db"
          }

          template {
            destination = "local/app.conf"
            data        = <<EOF
    a = 1
    b = "${NOMAD_PORT_http}"
    EOF
          }
        }
      }
    }
    "#);
}

#[test]
fn lays_out_lists_and_maps() {
    let long = value(ValueKind::List((0..8).map(|at| text(&format!("a rather long text, number {at}"))).collect()));
    let maps = value(ValueKind::List(vec![map(&[("a", Value::int(1, NOWHERE))]), map(&[])]));
    let numbers = value(ValueKind::List(vec![
        value(ValueKind::Float(0.5)),
        value(ValueKind::Float(-3.0)),
        value(ValueKind::Float(1e300)),
        Value::int(i64::MIN, NOWHERE),
        value(ValueKind::Null),
    ]));
    let nested = map(&[("for", text("a keyword")), ("größe", text("not ASCII")), ("deep", map(&[("x", maps)]))]);
    let all = [("long", long), ("n", numbers), ("nested", nested), ("empty", value(ValueKind::List(vec![])))];
    assert_snapshot!(write(&body(&all, vec![]), Dialect::Hcl2), @r#"
    long = [
      "a rather long text, number 0",
      "a rather long text, number 1",
      "a rather long text, number 2",
      "a rather long text, number 3",
      "a rather long text, number 4",
      "a rather long text, number 5",
      "a rather long text, number 6",
      "a rather long text, number 7",
    ]
    n = [0.5, -3.0, 1e300, -9223372036854775808, null]
    nested = {
      "for"             = "a keyword"
      "gr\u00f6\u00dfe" = "not ASCII"
      deep = {
        x = [
          {
            a = 1
          },
          {},
        ]
      }
    }
    empty = []
    "#);
}

#[test]
fn hcl_1_knows_no_null_and_quotes_keys_in_maps_alone() {
    let options = block("options", &[], body(&[("driver.allowlist", text("docker")), ("true", text("x"))], vec![]));
    let client = block("client", &[], body(&[("enabled", value(ValueKind::Null))], vec![options]));
    assert_snapshot!(write(&body(&[], vec![client]), Dialect::Hcl1), @r#"
    client {
      options = {
        "driver.allowlist" = "docker"
        "true"             = "x"
      }
    }
    "#);
}

#[test]
fn a_block_that_must_be_a_map_takes_its_blocks_along() {
    let inner = |name: &str| block("inner", &[name], body(&[("a", Value::int(1, NOWHERE))], vec![]));
    let outer = block("outer", &[], body(&[("a.b", text("c"))], vec![inner("one"), inner("two")]));
    assert_snapshot!(write(&body(&[], vec![outer]), Dialect::Job), @r#"
    outer = {
      "a.b" = "c"
      inner = [
        {
          one = {
            a = 1
          }
        },
        {
          two = {
            a = 1
          }
        },
      ]
    }
    "#);
}

#[test]
fn references_stay_only_where_the_job_parser_returns_them() {
    assert_eq!(in_job("${attr.cpu.arch}"), "x = \"${attr.cpu.arch}\"\n");
    assert_eq!(in_job("a-${NOMAD_PORT_http}-b"), "x = \"a-${NOMAD_PORT_http}-b\"\n");
    assert_eq!(in_job("${env[\"HOME\"]}"), "x = \"${env[\"HOME\"]}\"\n");
    assert_eq!(in_job("${attr.cpu.arch}}"), "x = \"$${attr.cpu.arch}}\"\n");
    assert_eq!(in_job("${attr.cpu.arch}  }"), "x = \"$${attr.cpu.arch}  }\"\n");
    assert_eq!(in_job("${ attr.cpu.arch }"), "x = \"$${ attr.cpu.arch }\"\n");
    assert_eq!(in_job("${file(\"/etc/passwd\")}"), "x = \"$${file(\\\"/etc/passwd\\\")}\"\n");
    assert_eq!(in_job("${var.x} ${local.y} ${true}"), "x = \"$${var.x} $${local.y} $${true}\"\n");
    assert_eq!(in_job("%{if true}"), "x = \"%%{if true}\"\n");
    assert_eq!(in_job("$${x} %%{x}"), "x = \"\\u0024\\u0024{x} \\u0025\\u0025{x}\"\n");
    assert_eq!(in_job("100% of $5"), "x = \"100% of $5\"\n");
    let hcl2 = write(&body(&[("x", text("${attr.cpu.arch}"))], vec![]), Dialect::Hcl2);
    assert_eq!(hcl2, "x = \"$${attr.cpu.arch}\"\n");
}

#[test]
fn hcl_1_has_no_interpolation() {
    assert_eq!(in_hcl1("${attr.cpu.arch} %{x} $${y}"), "x = \"\\u0024{attr.cpu.arch} %{x} \\u0024\\u0024{y}\"\n");
}

#[test]
fn hostile_characters_are_escaped() {
    assert_eq!(in_job("a\"b\\c\nd\0e\u{7f}"), "x = \"a\\\"b\\\\c\\nd\\u0000e\\u007f\"\n");
    assert_eq!(in_job("\u{202e}\u{feff}\u{1f4a9}é"), "x = \"\\u202e\\ufeff\u{1f4a9}é\"\n");
    assert_eq!(in_job("a\nb"), "x = \"a\\nb\"\n");
}

#[test]
fn a_heredoc_has_a_marker_that_its_text_does_not() {
    assert_eq!(in_job("a\nEOF\nEOF_\n"), "x = <<EOF__\na\nEOF\nEOF_\nEOF__\n");
    assert_eq!(in_job("${x}\n\\ \" ${node.class}\n"), "x = <<EOF\n$${x}\n\\ \" ${node.class}\nEOF\n");
    assert_eq!(in_job("a\r\nb\r\n"), "x = \"a\\r\\nb\\r\\n\"\n");
}

#[test]
fn labels_hold_no_references() {
    let job = block("job", &["${attr.cpu.arch}\""], body(&[], vec![]));
    assert_eq!(write(&body(&[], vec![job]), Dialect::Job), "job \"$${attr.cpu.arch}\\\"\" {}\n");
}
