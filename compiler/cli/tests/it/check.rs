//! `hlmc check`: its formats, and labs that can't be read whole.

use crate::lab::Lab;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

const BROKEN: &str = "// ä\nservice \"broken\" {\n    image \"a:1\n}\n";

#[test]
fn short_is_a_line_for_each() {
    let lab = Lab::new();
    let fine = lab.run(&["check", "--format", "short"]);
    assert_eq!((fine.code, fine.stdout.as_str(), fine.stderr.as_str()), (Some(0), "", ""));
    lab.write("services/broken.kdl", BROKEN);
    let broken = lab.run(&["check", "--format", "short"]);
    assert_eq!((broken.code, broken.stderr.as_str()), (Some(1), ""));
    let first = broken.stdout.lines().next().unwrap();
    assert!(first.starts_with("services/broken.kdl:3:11: error[kdl-unclosed-string] "), "{first}");
}

#[test]
fn json_is_one_document() {
    let lab = Lab::new();
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let fine = lab.run(&["check", "--format", "json"]);
    assert_eq!((fine.code, fine.stderr.as_str()), (Some(0), ""));
    assert_eq!(parse(&fine.stdout)["diagnostics"], serde_json::json!([]));
    lab.write("services/broken.kdl", BROKEN);
    let broken = lab.run(&["check", "--format", "json"]);
    assert_eq!(broken.code, Some(1));
    let document = parse(&broken.stdout);
    let first = &document["diagnostics"][0];
    assert_eq!(document["version"], 1);
    assert_eq!(document["lab"], fs::canonicalize(lab.path("")).unwrap().display().to_string());
    assert_eq!(document["errors"], document["diagnostics"].as_array().unwrap().len());
    assert_eq!(first["code"], "kdl-unclosed-string");
    assert_eq!(first["file"], "services/broken.kdl");
    assert_eq!(first["start"], serde_json::json!({ "line": 3, "column": 11 }));
    assert_eq!(first["range"]["start"], BROKEN.find("\"a:1").unwrap());
}

#[test]
fn a_pipe_or_a_folder_in_place_of_a_manifest_is_reported() {
    let lab = Lab::new();
    assert!(Command::new("mkfifo").arg(lab.path("services/pipe.kdl")).status().unwrap().success());
    lab.run(&["check"]).fails(1, "services/pipe.kdl");
    fs::remove_file(lab.path("services/pipe.kdl")).unwrap();
    fs::create_dir(lab.path("services/folder.kdl")).unwrap();
    lab.run(&["check"]).is_quiet();
}

#[test]
fn what_leads_out_of_the_lab_is_refused() {
    let lab = Lab::empty();
    lab.run(&["init", "lab"]).is_quiet();
    lab.write("outside/secret.kdl", "service \"stolen\" { image \"a:1\"; }");
    symlink("../../outside/secret.kdl", lab.path("lab/services/secret.kdl")).unwrap();
    let ran = lab.run(&["check", "--lab", "lab"]);
    ran.fails(1, "services/secret.kdl");
    assert!(!ran.stderr.contains("stolen"), "{}", ran.stderr);
    fs::remove_file(lab.path("lab/services/secret.kdl")).unwrap();
    symlink("../../outside", lab.path("lab/services/all")).unwrap();
    let ran = lab.run(&["check", "--lab", "lab"]);
    ran.fails(1, "services/all");
    assert!(!ran.stderr.contains("stolen"), "{}", ran.stderr);
}

#[test]
fn a_hundred_are_drawn_and_the_rest_is_counted() {
    let lab = Lab::new();
    for number in 0..130 {
        lab.write(&format!("services/b{number:03}.kdl"), "service \"x y\" {\n");
    }
    let text = lab.run(&["check"]);
    let all = lab.run(&["check", "--format", "short"]).stdout.lines().count();
    assert!(all > 100, "{all}");
    assert_eq!(text.stderr.matches("\nerror[").count() + 1, 100);
    text.fails(1, &format!("\n… and {} more\n", all - 100));
    text.fails(1, &format!("\n{all} errors; `hlmc explain"));
}

#[test]
fn the_document_is_as_its_page_shows_it() {
    let page = include_str!("../../../../docs/commands.md");
    let shown = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let mut shown: serde_json::Value = serde_json::from_str(shown).unwrap();
    let lab = Lab::new();
    lab.write(
        "services/blog.kdl",
        "service \"blog\" {\n    image \"wordpress:6.8.3-apache\"\n    prot \"http\" to=80\n}\n",
    );
    let ran = lab.run(&["check", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    shown["lab"] = found["lab"].clone();
    assert_eq!(found, shown);
}

#[test]
fn an_audit_says_what_is_reached_from_where() {
    let lab = Lab::new();
    let closed = lab.run(&["audit"]);
    assert_eq!((closed.code, closed.stderr.as_str()), (Some(0), ""));
    let (internet, lan) = closed.stdout.split_once("\nlan:").unwrap();
    assert!(internet.ends_with("internet: anybody\n  nothing\n"), "{internet}");
    let route = "https://whoami.home.example.com/: whoami through caddy, no login before the service's own\n";
    assert!(lan.contains(route) && lan.contains("  server port 22/tcp: ssh\n"), "{lan}");

    let manifest = fs::read_to_string(lab.path("services/whoami/service.kdl")).unwrap();
    let open = manifest.replace("route \"whoami\"", "route \"whoami\" public");
    fs::write(lab.path("services/whoami/service.kdl"), &open).unwrap();
    lab.run(&["audit"]).fails(1, "error[public-without-login]");

    let reason = "route \"whoami\" public\n    allow \"public-without-login\" reason=\"it has no secrets\"";
    fs::write(lab.path("services/whoami/service.kdl"), open.replace("route \"whoami\" public", reason)).unwrap();
    let opened = lab.run(&["audit"]);
    let (internet, lan) = opened.stdout.split_once("\nlan:").unwrap();
    assert!(internet.contains(route) && internet.contains("server port 443/tcp: caddy\n"), "{internet}");
    assert!(!lan.contains(route), "{lan}");

    lab.run(&["build"]).is_quiet();
    assert_eq!(fs::read_to_string(lab.path("out/report/exposure.txt")).unwrap(), opened.stdout);
}
