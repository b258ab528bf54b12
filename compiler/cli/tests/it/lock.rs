//! `hlmc lock` as far as it needs no registry, and `--locked`.

use crate::lab::Lab;

const DIGEST: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A lab with one service.
fn lab(image: &str) -> Lab {
    let lab = Lab::empty();
    lab.write("lab.kdl", "lab \"home\" { domain \"home.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }\n");
    lab.write("nodes/nas.kdl", "node \"nas\" { address \"10.0.0.2\"; arch \"amd64\"; server }\n");
    lab.write("services/web.kdl", format!("service \"web\" {{ image \"{image}\" }}\n"));
    lab
}

fn locked(image: &str) -> String {
    format!("image \"{image}\" {{\n    digest \"{DIGEST}\"\n    platform \"linux/amd64\"\n}}\n")
}

#[test]
fn what_is_out_of_date_is_listed_without_asking_anybody() {
    let lab = lab("nginx:1.29.3");
    let ran = lab.run(&["lock", "--check"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(1), "nginx:1.29.3: is missing\n", ""));
    assert!(!lab.path("hlmc.lock").exists());
    lab.write("hlmc.lock", locked("nginx:1.29.3"));
    lab.run(&["lock", "--check"]).is_quiet();
    lab.write("hlmc.lock", locked("nginx:1.29.2"));
    let ran = lab.run(&["lock", "--check"]);
    let expected = "nginx:1.29.3: is missing\nnginx:1.29.2: is needed no more\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(1), expected, ""));
}

#[test]
fn a_build_may_ask_for_a_lock() {
    let lab = lab("nginx:1.29.3");
    lab.run(&["build", "--locked"]).fails(1, "error[unlocked-image]: lab `home` has no `hlmc.lock`");
    lab.run(&["check", "--locked"]).fails(1, "`hlmc lock` writes it");
    lab.run(&["build"]).is_quiet();
    assert!(!lab.read("out/nomad/jobs/default/web.nomad.hcl").contains("sha256"));
    lab.write("hlmc.lock", locked("nginx:1.29.3"));
    lab.run(&["check", "--locked"]).is_quiet();
    lab.run(&["build", "--locked"]).is_quiet();
    assert!(lab.read("out/nomad/jobs/default/web.nomad.hcl").contains(&format!("nginx:1.29.3@{DIGEST}")));
    lab.write("services/blog.kdl", "service \"blog\" { image \"ghost:6.10.0\" }\n");
    lab.run(&["build", "--locked"]).fails(1, "services/blog.kdl:1:24");
    let ran = lab.run(&["build"]);
    assert_eq!(ran.code, Some(0));
    assert!(ran.stderr.contains("warning[unlocked-image]: `ghost:6.10.0` is not in `hlmc.lock`"), "{}", ran.stderr);
}

#[test]
fn what_is_needed_no_more_goes_without_asking_anybody() {
    let lab = lab("nginx:1.29.3");
    lab.write("hlmc.lock", locked("ghost:6.10.0") + &locked("nginx:1.29.3"));
    lab.run(&["lock"]).is_quiet();
    let lock = lab.read("hlmc.lock");
    assert!(lock.starts_with("// Written by `hlmc lock`") && lock.ends_with(&locked("nginx:1.29.3")), "{lock}");
    let modified = lab.age("hlmc.lock");
    lab.run(&["lock"]).is_quiet();
    assert_eq!(lab.modified("hlmc.lock"), modified, "what is as it should be isn't touched");
    // Where nothing is to be locked, nothing is written.
    lab.write("services/web.kdl", "service \"web\" { driver \"exec\"; command \"true\" }\n");
    lab.write("nodes/nas.kdl", "node \"nas\" { address \"10.0.0.2\"; arch \"amd64\"; server; drivers \"exec\" }\n");
    lab.run(&["lock"]).is_quiet();
    assert_eq!(lab.read("hlmc.lock"), "");
}

#[test]
fn a_registry_that_is_not_there_is_named_with_its_image() {
    let lab = lab("127.0.0.1:1/app:2");
    let ran = lab.run(&["lock"]);
    ran.fails(2, "error: can't look up `127.0.0.1:1/app:2`: `127.0.0.1:1` can't be reached: connection refused");
    ran.fails(2, "help: check the name of the registry in the image, and the network");
    lab.run(&["outdated"]).fails(2, "can't look up `127.0.0.1:1/app:2`");
    assert!(!lab.path("hlmc.lock").exists());
}

#[test]
fn mistakes_come_before_the_network() {
    let lab = lab("127.0.0.1:1/app:2");
    lab.run(&["lock", "--update", "wbe"]).fails(2, "the lab has no service `wbe`\n  help: did you mean `web`?");
    lab.write("hlmc.lock", "image \"a\n");
    lab.run(&["lock"]).fails(1, "hlmc.lock:1:");
    lab.write("services/web.kdl", "service \"web\" { imagee \"a:1\" }\n");
    lab.run(&["lock"]).fails(1, "services/web.kdl:1:17");
    lab.run(&["outdated"]).fails(1, "unknown-name");
}
