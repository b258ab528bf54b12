//! `hlmc lock` and `hlmc outdated` against Debian's docker-registry on this computer: an open one, one that asks for a password, one with
//! TLS by an authority of its own. The images are made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is all test code")]

mod image;
mod lab;
mod server;

use image::{digest, image};
use lab::Lab;
use server::{Kind, PASSWORD, Server, USER};

const NEEDS: &str = "docker-registry";

#[test]
#[ignore = "needs docker-registry, curl and openssl: `make accept`"]
fn what_a_registry_has_is_locked_and_built_from() {
    let server = Server::start(Kind::Open, NEEDS);
    let nginx = server.push_index("team/nginx", "1.29.3", "a");
    let (legacy, size) = server.push_image("legacy", "7", &image("amd64", "b"));
    let lab = Lab::new(&server, &["team/nginx:1.29.3", "legacy:7"]);
    lab.run(&["build", "--locked"]).ends(1, "has no `hlmc.lock`, and `--locked` asks for one");
    lab.run(&["lock", "--check"]).ends(1, "/team/nginx:1.29.3: is missing");
    lab.run(&["lock"]).is_quiet();
    let host = &server.host;
    let a = image("arm64", "a");
    let expected = format!(
        r#"// Written by `hlmc lock`: what the lab's images are. It belongs into the repository of the lab.
image "{host}/legacy:7" {{
    digest "{legacy}"
    created "2026-01-02T03:04:05Z"
    version "b"
    platform "linux/amd64" bytes={size}
}}
image "{host}/team/nginx:1.29.3" {{
    digest "{nginx}"
    created "2026-01-02T03:04:05Z"
    version "a"
    platform "linux/amd64" bytes={}
    platform "linux/arm/v7"
    platform "linux/arm64/v8" bytes={}
}}
"#,
        image("amd64", "a").size(),
        a.size(),
    );
    assert_eq!(lab.read("hlmc.lock"), expected);
    for command in [["lock", "--check"].as_slice(), &["lock", "--check", "--update"], &["lock"], &["build", "--locked"]]
    {
        lab.run(command).is_quiet();
    }
    let job = lab.read("out/nomad/jobs/default/s0.nomad.hcl");
    assert!(job.contains(&format!("image = \"{host}/team/nginx:1.29.3@{nginx}\"")), "{job}");
    let job = lab.read("out/nomad/jobs/default/s1.nomad.hcl");
    assert!(job.contains(&format!("image = \"{host}/legacy:7@{legacy}\"")), "{job}");
    assert!(job.contains("value     = \"amd64\""), "only one of the nodes can run it: {job}");
    // What was pinned is what the registry has under that digest.
    assert_eq!(digest(&server.fetch(&format!("team/nginx/manifests/{nginx}"))), nginx);
}

#[test]
#[ignore = "needs docker-registry, curl and openssl: `make accept`"]
fn a_tag_that_moved_is_seen_and_followed_when_asked() {
    let server = Server::start(Kind::Open, NEEDS);
    let before = server.push_index("app", "1", "a");
    let other = server.push_index("other", "1", "c");
    let lab = Lab::new(&server, &["app:1", "other:1"]);
    lab.run(&["lock"]).is_quiet();
    let after = server.push_index("app", "1", "b");
    let moved = server.push_index("other", "1", "b");
    lab.run(&["lock"]).is_quiet();
    assert!(lab.read("hlmc.lock").contains(&before), "a lock keeps what it has");
    lab.run(&["lock", "--check"]).is_quiet();
    lab.run(&["lock", "--check", "--update"]).ends(1, &format!("/app:1: is {after} now, and {before} in the lock"));
    lab.run(&["lock", "--update", "s0"]).is_quiet();
    let lock = lab.read("hlmc.lock");
    assert!(lock.contains(&after) && !lock.contains(&before) && lock.contains(&other), "{lock}");
    lab.run(&["lock", "--update"]).is_quiet();
    assert!(lab.read("hlmc.lock").contains(&moved));
    lab.run(&["lock", "--update", "s7"]).ends(2, "the lab has no service `s7`");
    // A service goes, and its image with it.
    lab.remove("services/s1.kdl");
    lab.run(&["lock", "--check"]).ends(1, "/other:1: is needed no more");
    lab.run(&["lock"]).is_quiet();
    assert!(!lab.read("hlmc.lock").contains("other"));
}

#[test]
#[ignore = "needs docker-registry, curl and openssl: `make accept`"]
fn what_is_missing_is_named_and_the_rest_is_locked() {
    let server = Server::start(Kind::Open, NEEDS);
    server.push_index("app", "1", "a");
    let lab = Lab::new(&server, &["app:1", "app:9", "nobody:1"]);
    let ran = lab.run(&["lock"]);
    ran.ends(2, &format!("can't look up `{0}/app:9`: `{0}` has no tag `9` of `app`", server.host));
    ran.ends(2, &format!("can't look up `{0}/nobody:1`: `{0}` has no tag `1` of `nobody`", server.host));
    ran.ends(2, "2 images couldn't be looked up");
    let lock = lab.read("hlmc.lock");
    assert!(lock.contains("/app:1\"") && !lock.contains("/app:9\""), "{lock}");
    // A lock with a mistake in it isn't lost by accident.
    lab.write("hlmc.lock", &lock.replace("sha256:", "sha256-"));
    lab.run(&["lock"]).ends(1, "`hlmc lock --update` writes `hlmc.lock` anew");
    lab.remove("services/s1.kdl");
    lab.remove("services/s2.kdl");
    lab.run(&["lock", "--update"]).is_quiet();
    assert_eq!(lab.read("hlmc.lock"), lock);
}

#[test]
#[ignore = "needs docker-registry, curl and openssl: `make accept`"]
fn newer_versions_are_listed() {
    let server = Server::start(Kind::Open, NEEDS);
    for tag in ["31.0.9-apache", "31.0.10-apache", "31.0.11-rc1-apache", "32.0.1-apache", "32.0.1-fpm", "latest", "33"]
    {
        server.push_index("nextcloud", tag, tag);
    }
    server.push_index("plain", "2.0", "a");
    let lab = Lab::new(&server, &["nextcloud:31.0.9-apache", "plain:2.0", "nextcloud:latest"]);
    let ran = lab.run(&["outdated"]);
    let host = &server.host;
    let expected = format!("{host}/nextcloud:31.0.9-apache: 31.0.10-apache, 32.0.1-apache (s0)\n");
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), expected.as_str(), ""));
}

#[test]
#[ignore = "needs docker-registry, curl and openssl: `make accept`"]
fn a_registry_with_a_password_gets_it_and_nobody_sees_it() {
    let server = Server::start(Kind::Password, NEEDS);
    let app = server.push_index("app", "1", "a");
    let lab = Lab::new(&server, &["app:1"]);
    lab.run(&["lock"]).ends(2, "doesn't let us read `app` (401)");
    let auths = |password: &str| {
        let host = &server.host;
        format!(r#"{{ "auths": {{ "{host}": {{ "username": "{USER}", "password": "{password}" }} }} }}"#)
    };
    let wrong = lab.run_with(&[("DOCKER_AUTH_CONFIG", &auths("wrong horse"))], &["lock"]);
    wrong.ends(2, "`docker login");
    lab.run_with(&[("DOCKER_AUTH_CONFIG", &auths(PASSWORD))], &["lock"]).is_quiet();
    assert!(lab.read("hlmc.lock").contains(&app));
    // The same from docker's own files, and from the program that keeps it.
    let config = lab.path("docker");
    let config = config.to_str().unwrap();
    lab.write("docker/config.json", &auths(PASSWORD));
    lab.run_with(&[("DOCKER_CONFIG", config)], &["lock", "--update"]).is_quiet();
    lab.write("docker/config.json", &format!(r#"{{ "credHelpers": {{ "{}": "test" }} }}"#, server.host));
    lab.run_with(&[("DOCKER_CONFIG", config)], &["lock", "--update"]).ends(2, "docker-credential-test");
    let answer = format!(r#"{{ "Username": "{USER}", "Secret": "{PASSWORD}" }}"#);
    lab.program(
        "bin/docker-credential-test",
        &format!("read host; [ \"$1 $host\" = 'get {}' ] && echo '{answer}'", server.host),
    );
    let path = format!("{}:{}", lab.path("bin").display(), std::env::var("PATH").unwrap());
    let kept = lab.run_with(&[("DOCKER_CONFIG", config), ("PATH", &path)], &["lock", "--update"]);
    kept.is_quiet();
    for seen in [&wrong.stderr, &wrong.stdout, &lab.read("hlmc.lock")] {
        assert!(!seen.contains("horse"), "{seen}");
    }
}

#[test]
#[ignore = "needs docker-registry, curl and openssl: `make accept`"]
fn a_certificate_is_trusted_when_this_computer_trusts_it() {
    let server = Server::start(Kind::Tls, NEEDS);
    let app = server.push_index("app", "1", "a");
    let lab = Lab::new(&server, &["app:1"]);
    let authority = server.authority();
    lab.run(&["lock"]).ends(2, "has a certificate that this computer doesn't trust");
    lab.run_with(&[("SSL_CERT_FILE", authority.to_str().unwrap())], &["lock"]).is_quiet();
    assert!(lab.read("hlmc.lock").contains(&app));
    // A name that the certificate isn't for.
    let other = server.host.replace("localhost", "127.0.0.1");
    lab.write("services/s0.kdl", &format!("service \"s0\" {{ image \"{other}/app:1\" }}\n"));
    let ran = lab.run_with(&[("SSL_CERT_FILE", authority.to_str().unwrap())], &["lock"]);
    ran.ends(2, "has a certificate that this computer doesn't trust");
}
