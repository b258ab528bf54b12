//! `hlmc.lock` in a build: what is pinned, what is left alone, which nodes are left out, and what is said.

use hlmc_core::diagnostic::{Severity, short};
use hlmc_core::model::{LockedImage, LockedPlatform};
use hlmc_core::source::{MemoryWorld, Span, Spanned};
use hlmc_core::{Compiled, Locking, compile, compile_with, lock};

const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

fn world(files: &[(&str, &str)]) -> MemoryWorld {
    let mut world = MemoryWorld::default();
    world.insert("lab.kdl", "lab \"a\" { domain \"a.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }");
    world.insert("nodes/nas.kdl", "node \"nas\" { address \"10.0.0.2\"; arch \"amd64\"; class \"nas\"; server }");
    world.insert("nodes/pi.kdl", "node \"pi\" { address \"10.0.0.3\"; arch \"arm64\"; class \"pi\" }");
    for (path, text) in files {
        world.insert(*path, *text);
    }
    world
}

fn lock_of(image: &str, platforms: &[&str]) -> String {
    let platforms: String = platforms.iter().map(|name| format!("    platform \"{name}\"\n")).collect();
    format!("image \"{image}\" {{\n    digest \"{A}\"\n{platforms}}}\n")
}

fn said(compiled: &Compiled) -> Vec<String> {
    compiled.diagnostics.iter().map(|found| short(found, &compiled.sources).trim_end().to_owned()).collect()
}

/// The text of an artifact of a build that has nothing to say.
fn built(world: &MemoryWorld, path: &str) -> String {
    let compiled = compile(world);
    assert_eq!(said(&compiled), Vec::<String>::new());
    let artifacts = compiled.bundle.unwrap().artifacts;
    let artifact = artifacts.into_iter().find(|artifact| artifact.path == path).unwrap();
    String::from_utf8(artifact.bytes).unwrap()
}

fn job(world: &MemoryWorld) -> String {
    built(world, "nomad/jobs/default/web.nomad.hcl")
}

#[test]
fn a_locked_image_is_pinned_and_keeps_its_tag() {
    let service = r#"service "web" { image "nginx:1.29.3"; sidecar "log" { image "busybox:1.37" } }"#;
    let lock = lock_of("nginx:1.29.3", &[]) + &lock_of("busybox:1.37", &["linux/amd64", "linux/arm64/v8"]);
    let with = job(&world(&[("services/web.kdl", service), ("hlmc.lock", &lock)]));
    assert!(with.contains(&format!("image = \"nginx:1.29.3@{A}\"")), "{with}");
    let without = job(&world(&[("services/web.kdl", service)]));
    assert_eq!(with.replace(&format!("@{A}"), ""), without);
}

#[test]
fn job_files_and_the_core_form_are_pinned_too() {
    let lock = lock_of("nginx:1.29.3", &["linux/amd64", "linux/arm64"]);
    let body = r#"group "g" { task "t" { driver = "docker" config { image = "nginx:1.29.3" } } }"#;
    let hcl = format!(
        "job \"web\" {{\n{}\n}}\n",
        body.replace("{ ", "{\n").replace(" }", "\n}").replace("docker\" ", "docker\"\n")
    );
    let kdl = r#"job "web" { group "g" { task "t" { driver "docker"; config { image "nginx:1.29.3" } } } }"#;
    for (path, text) in [("services/web.nomad.hcl", hcl.as_str()), ("services/web.kdl", kdl)] {
        let job = job(&world(&[(path, text), ("hlmc.lock", &lock)]));
        assert!(job.contains(&format!("image = \"nginx:1.29.3@{A}\"")), "{path}: {job}");
    }
}

#[test]
fn what_the_lock_is_not_for_is_left_alone() {
    for config in [
        r#"driver "docker"; meta { tag "1.29.3" }; config { image "nginx:${NOMAD_META_tag}" }"#.to_owned(),
        r#"driver "docker"; config { image "app:1"; load "app.tar" }"#.to_owned(),
        r#"driver "podman"; config { image "docker.io/library/nginx:1.29.3" }"#.to_owned(),
        r#"driver "raw_exec"; config { command "/bin/true" }"#.to_owned(),
    ] {
        let text = format!(r#"job "web" {{ group "g" {{ task "t" {{ {config} }} }} }}"#);
        let mut world = world(&[("services/web.kdl", &text)]);
        world.insert(
            "nodes/nas.kdl",
            r#"node "nas" { address "10.0.0.2"; arch "amd64"; server; drivers "docker" "podman" "raw_exec" }"#,
        );
        let without = job(&world);
        world.insert("hlmc.lock", "");
        let compiled = compile_with(&world, Locking::Required);
        assert_eq!(said(&compiled), Vec::<String>::new(), "{config}");
        assert_eq!(job(&world), without, "{config}");
    }
}

#[test]
fn what_a_manifest_pins_stays_as_it_is() {
    let image = format!("nginx:1.29.3@{B}");
    let service = format!("service \"web\" {{ image \"{image}\" }}");
    let job = job(&world(&[("services/web.kdl", &service), ("hlmc.lock", &lock_of(&image, &["linux/amd64"]))]));
    assert!(job.contains(&format!("image = \"{image}\"\n")), "{job}");
    assert!(job.contains("${attr.cpu.arch}"), "its platforms are known all the same: {job}");
}

#[test]
fn a_job_is_kept_to_nodes_that_its_image_is_made_for() {
    let service = r#"service "web" { image "nginx:1.29.3" }"#;
    let constraint = "  group \"web\" {\n    constraint {\n      attribute = \"${attr.cpu.arch}\"\n      value     = \"amd64\"\n    }\n";
    for (service, platforms, kept) in [
        (service, ["linux/amd64", "unknown/unknown"].as_slice(), true),
        (service, &["linux/amd64", "linux/arm64/v8"], false),
        (service, &["linux/386", "linux/arm/v7"], false),
        (service, &[], false),
        // Nothing is left to say where it can't land elsewhere.
        (r#"service "web" { image "nginx:1.29.3"; on class="nas" }"#, &["linux/amd64"], false),
    ] {
        let lock = lock_of("nginx:1.29.3", platforms);
        let job = job(&world(&[("services/web.kdl", service), ("hlmc.lock", &lock)]));
        assert_eq!(job.contains(constraint), kept, "{platforms:?}: {job}");
        assert_eq!(job.contains("cpu.arch"), kept, "{platforms:?}: {job}");
    }
}

#[test]
fn an_image_that_no_node_can_run_is_an_error() {
    let service = r#"service "web" { image "nginx:1.29.3"; on class="pi" }"#;
    let lock = lock_of("nginx:1.29.3", &["linux/amd64", "windows/amd64"]);
    let compiled = compile(&world(&[("services/web.kdl", service), ("hlmc.lock", &lock)]));
    let expected = "services/web.kdl:1:23: error[wrong-architecture] `web` may only be placed on `pi`, and `nginx:1.29.3` is not made for arm64";
    assert_eq!(said(&compiled), [expected]);
    let labels: Vec<&str> = compiled.diagnostics[0].secondary.iter().map(|label| label.text.as_str()).collect();
    assert_eq!(labels, ["made for `linux/amd64`, `windows/amd64`", "`pi` is arm64"]);
}

#[test]
fn the_lock_knows_better_than_the_manifest() {
    let service = |arch: &str| format!("service \"web\" {{ image \"nginx:1.29.3\"; arch {arch} }}");
    for (arch, platforms, kept) in [
        ("\"amd64\"", ["linux/amd64", "linux/arm64"].as_slice(), false),
        ("\"amd64\" \"arm64\"", &["linux/amd64"], true),
    ] {
        let lock = lock_of("nginx:1.29.3", platforms);
        let job = job(&world(&[("services/web.kdl", &service(arch)), ("hlmc.lock", &lock)]));
        assert_eq!(job.contains("cpu.arch"), kept, "{arch}: {job}");
    }
    // One that doesn't know the platforms leaves it to the manifest.
    let files = [("services/web.kdl", service("\"amd64\"")), ("hlmc.lock", lock_of("nginx:1.29.3", &[]))];
    let compiled = compile(&world(&files.each_ref().map(|(path, text)| (*path, text.as_str()))));
    assert!(
        said(&compiled)[0].contains("error[wrong-architecture] `web` may be placed on `pi`"),
        "{:?}",
        said(&compiled)
    );
}

#[test]
fn locked_asks_for_every_image() {
    let service = r#"service "web" { image "nginx:1.29.3"; sidecar "log" { image "busybox:1.37" } }"#;
    let lock = lock_of("nginx:1.29.3", &[]);
    let partly = world(&[("services/web.kdl", service), ("hlmc.lock", &lock)]);
    let line = |level| format!("services/web.kdl:1:61: {level}[unlocked-image] `busybox:1.37` is not in `hlmc.lock`");
    let compiled = compile(&partly);
    assert_eq!(said(&compiled), [line("warning")]);
    assert!(compiled.bundle.is_some());
    let compiled = compile_with(&partly, Locking::Required);
    assert_eq!(said(&compiled), [line("error")]);
    assert!(compiled.bundle.is_none());
    let none = world(&[("services/web.kdl", service)]);
    assert_eq!(said(&compile(&none)), Vec::<String>::new());
    let expected = "lab.kdl:1:5: error[unlocked-image] lab `a` has no `hlmc.lock`, and `--locked` asks for one";
    assert_eq!(said(&compile_with(&none, Locking::Required)), [expected]);
    assert_eq!(said(&compile_with(&partly, Locking::Aside)), Vec::<String>::new());
}

#[test]
fn a_broken_lock_is_told_of_at_its_place_and_not_used() {
    let image = |body: &str| format!("image \"nginx:1.29.3\" {{\n    {body}\n}}\n");
    let digest = format!("digest \"{A}\"");
    for (text, place) in [
        (image("digest \"sha256:abc\""), "2:12: error[bad-value]"),
        (image("digest 5"), "2:12: error[wrong-type]"),
        (image(""), "1:1: error[missing-attribute]"),
        (image(&format!("{digest}; plattform \"linux/amd64\"")), "2:87: error[unknown-name]"),
        (image(&format!("{digest}; platform \"linux\"")), "2:96: error[bad-value]"),
        (image(&format!("{digest}; platform \"linux/amd64\" bytes=-1")), "2:116: error[bad-value]"),
        (format!("{0}{0}", image(&digest)), "4:7: error[defined-twice]"),
        (format!("image \"Nginx\" {{ {digest}; }}"), "1:7: error[bad-value]"),
        ("<<<<<<< HEAD\n".to_owned() + &image(&digest), "1:1: error[unknown-name]"),
        ("service \"x\" { image \"a:1\" }".to_owned(), "1:1: error[unknown-name]"),
    ] {
        let service = r#"service "web" { image "nginx:1.29.3" }"#;
        let compiled = compile_with(&world(&[("services/web.kdl", service), ("hlmc.lock", &text)]), Locking::Required);
        let said = said(&compiled);
        assert!(said[0].starts_with(&format!("hlmc.lock:{place}")), "{text}: {said:?}");
        assert!(said.iter().all(|line| line.starts_with("hlmc.lock:")), "{text}: {said:?}");
        for found in compiled.diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            assert!(found.notes.iter().any(|note| note.contains("hlmc lock --update")), "{text}: {found:?}");
        }
        assert!(compiled.bundle.is_none(), "{text}");
    }
}

#[test]
fn a_bundle_names_the_lock_that_it_was_built_with() {
    let files = [("services/web.kdl", r#"service "web" { image "nginx:1.29.3" }"#)];
    assert!(built(&world(&files), "bundle.json").contains("\"lock\": null"));
    let mut world = world(&files);
    world.insert("hlmc.lock", "// a\n");
    let compiled = compile(&world);
    let list = compiled.bundle.unwrap().artifacts.into_iter().find(|artifact| artifact.path == "bundle.json").unwrap();
    let list = String::from_utf8(list.bytes).unwrap();
    // `printf '// a\n' | sha256sum`
    assert!(list.contains("\"lock\": \"e7b933ccceae068a06545b6e6fc103b082c5c2f1c449b531934cd359e1ae3849\""), "{list}");
}

#[test]
fn what_is_written_is_read_back() {
    let image = |reference: &str, version: &str| LockedImage {
        reference: Spanned::new(reference.to_owned(), Span::default()),
        digest: A.to_owned(),
        platforms: vec![
            LockedPlatform { name: "linux/amd64".into(), bytes: Some(72_000_123) },
            LockedPlatform { name: "linux/s390x".into(), bytes: None },
        ],
        labels: vec![("version", version.to_owned())],
    };
    let hostile = "1\" }\n@{lab} \\u{7f}\u{202e}";
    let text = lock::text(&[image("nginx:1.29.3", hostile), image("caddy:2", "2")]);
    assert!(
        text.contains("\n    platform \"linux/amd64\" bytes=72000123\n    platform \"linux/s390x\"\n}\n"),
        "{text}"
    );
    let mut world = world(&[]);
    world.insert("hlmc.lock", text.as_str());
    let compiled = compile(&world);
    let read = compiled.lab.unwrap().lock.unwrap();
    let read: Vec<_> =
        read.images.iter().map(|image| (image.reference.as_str(), &image.platforms, &image.labels)).collect();
    let (caddy, nginx) = (image("caddy:2", "2"), image("nginx:1.29.3", hostile));
    let expected = [("caddy:2", &caddy.platforms, &caddy.labels), ("nginx:1.29.3", &nginx.platforms, &nginx.labels)];
    assert_eq!(read, expected);
    assert_eq!(text, lock::text(&[nginx, caddy]), "sorted");
}
