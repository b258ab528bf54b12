//! Right manifests.

use super::{decode, tree};
use crate::nomad::form::{Tag, ValueKind};
use insta::assert_snapshot;

#[test]
fn a_service_in_every_spelling() {
    assert_snapshot!(tree(r#"
service "web" system type="service" {
    image "nginx:1.29.3"
    count 2; floor 1
    after "db" "cache"
    numbers 1 2 3
    memory "1.5GiB"
    shared-memory "1GiB"
    kill-timeout "1m30s"
    meta a="b" { "c.d" "e" }
    port "http" to=80
    port "admin" { to 8080; static 81 }
    route "cloud" public auth="admins"
    route "cloud" path="/api"
    constraint attribute="${attr.cpu.arch}" value="amd64"
    constraint { value "x" }
    env TZ="Europe/Dublin" { "odd.name" "1" }
    update { auto_revert }
}"#), @r#"
    service "web" {
      system        = true
      type          = "service"
      image         = "nginx:1.29.3"
      count         = 2
      floor         = 1.0
      after         = ["db", "cache"]
      numbers       = [1, 2, 3]
      memory        = 1610612736
      shared-memory = 1024
      kill-timeout  = "1m30s"
      meta = {
        a     = "b"
        "c.d" = "e"
      }

      port "http" {
        to = 80
      }

      port "admin" {
        to     = 8080
        static = 81
      }

      route "cloud" {
        public = true
        auth   = "admins"
      }

      route "cloud" {
        path = "/api"
      }

      constraint {
        attribute = "\u0024{attr.cpu.arch}"
        value     = "amd64"
      }

      constraint {
        value = "x"
      }

      env = {
        TZ         = "Europe/Dublin"
        "odd.name" = "1"
      }

      update {
        auto_revert = true
      }
    }
    "#);
}

#[test]
fn lists_and_maps_of_anything() {
    assert_snapshot!(tree(r#"
service "web" {
    image "x"
    after { - "a"; - "b" }
    list 1 "two" #true { - 4; - { a 1 }; - 5 6 }
    map a=1 { b 2.5; c { d #null }; e "f" "g" }
    any { - a=1; - a=2 }
    labels { - "a.b"="c"; - { d "e" } }
    meta {}
    numbers {}
}"#), @r#"
    service "web" {
      image = "x"
      after = ["a", "b"]
      list = [
        1,
        "two",
        true,
        4,
        {
          a = 1
        },
        [5, 6],
      ]
      map = {
        a = 1
        b = 2.5
        c = {}
        e = ["f", "g"]
      }
      any = [
        {
          a = 1
        },
        {
          a = 2
        },
      ]
      labels = [
        {
          "a.b" = "c"
        },
        {
          d = "e"
        },
      ]
      meta    = {}
      numbers = []
    }
    "#);
}

#[test]
fn the_driver_chooses_the_language_of_config() {
    assert_snapshot!(tree(r#"
service "web" {
    image "x"
    config { args "a"; labels "a.b"="c"; mount type="bind"; mount type="tmpfs" }
}
service "raw" {
    image "x"
    config { command "sh"; args "-c" "true"; mount "x" { deep { er 1 } }; mount y=1; flat; caps { - "a" } }
    driver "exec"
}"#.replace("flat; ", "").as_str()), @r#"
    service "web" {
      image = "x"

      config {
        args = ["a"]
        labels = [{
          "a.b" = "c"
        }]

        mount {
          type = "bind"
        }

        mount {
          type = "tmpfs"
        }
      }
    }

    service "raw" {
      image  = "x"
      driver = "exec"

      config {
        command = "sh"
        args    = ["-c", "true"]
        caps    = ["a"]

        mount "x" {
          deep {
            er = 1
          }
        }

        mount {
          y = 1
        }
      }
    }
    "#);
}

#[test]
fn annotations_are_kept() {
    let (body, sink, _) = decode(r#"service "web" { image "x"; env A=(secret)"nomad:x#y" }"#);
    assert!(!sink.has_errors());
    let service = &body.blocks[0].body;
    let env = service.block("env").unwrap();
    let ValueKind::Tagged(tag, text) = &env.body.attributes[0].value.kind else { panic!() };
    assert_eq!((tag.value, text.as_str()), (Tag::Secret, "nomad:x#y"));
    assert_eq!((tag.span.start, tag.span.end), (34, 40));
    let (body, sink, _) = decode(r#"service "web" image="@{secret}""#);
    assert!(!sink.has_errors());
    let ValueKind::Tagged(tag, text) = &body.blocks[0].body.attributes[0].value.kind else { panic!() };
    assert_eq!((tag.value, text.as_str()), (Tag::Secret, "nomad:x#y"));
}

#[test]
fn parameters_are_filled_in_before_types_are_looked_at() {
    assert_snapshot!(tree(
        r#"service "web-@{count}" image="x:@{count}" count="@{count}" kill-timeout="@{count}s" type="@{type}" any="@{count}" {
    numbers "@{count}" 1
    shared-memory "@{count}0"
    env A="@{count}" B="@@{count}"
}"#), @r#"
    service "web-3" {
      image         = "x:3"
      count         = 3
      kill-timeout  = "3s"
      type          = "batch"
      any           = 3
      numbers       = [3, 1]
      shared-memory = 30

      env {
        A = "3"
        B = "@{count}"
      }
    }
    "#);
}

#[test]
fn spans_point_at_names_and_values() {
    let text = r#"service "web" { image "x"; after "a" "b"; port "http" to=80 { static 1 } }"#;
    let (body, _, sources) = decode(text);
    let service = &body.blocks[0];
    assert_eq!(sources.slice(service.span), r#"service "web""#);
    assert_eq!(sources.slice(service.labels[0].span), r#""web""#);
    let slices = |at: usize| {
        let attribute = &service.body.attributes[at];
        (sources.slice(attribute.name_span), sources.slice(attribute.value.span))
    };
    assert_eq!(slices(0), ("image", r#""x""#));
    assert_eq!(slices(1), ("after", r#""a" "b""#));
    let port = service.body.block("port").unwrap();
    assert_eq!(sources.slice(port.span), r#"port "http" to=80"#);
    assert_eq!(sources.slice(port.body.attributes[0].name_span), "to");
}
