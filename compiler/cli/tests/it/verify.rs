//! `hlmc build --verify`: says in what `out/` and the zip differ from what the lab gives, and writes nothing.

use crate::lab::{Lab, Ran};
use crate::tree::{assert_same, tree};
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};

/// The lab of `hlmc init`, built, with its zip.
fn built() -> Lab {
    let lab = Lab::new();
    lab.run(&["build", "--zip"]).is_quiet();
    lab
}

/// It found these differences, and said what to do.
#[track_caller]
fn finds(ran: &Ran, lines: &[&str]) {
    let are = if lines.len() == 1 { "1 file isn't".to_owned() } else { format!("{} files aren't", lines.len()) };
    let said = format!(
        "error: {are} what the lab gives\n  help: the same command without `--verify` writes them anew; \
         a change made by hand belongs in the manifests\n"
    );
    assert_eq!(
        (ran.code, ran.stdout.lines().collect::<Vec<_>>(), ran.stderr.as_str()),
        (Some(1), lines.to_vec(), &*said)
    );
}

#[test]
fn a_bundle_that_is_there_is_verified() {
    let lab = built();
    lab.write("out/mine/notes.txt", "what hlmc didn't write is no difference");
    symlink("nowhere", lab.path("out/mine/link")).unwrap();
    lab.run(&["build", "--verify"]).is_quiet();
    lab.run(&["build", "--verify", "--zip"]).is_quiet();
    lab.run_in("services/whoami", &["build", "--verify", "--zip", "--threads", "1"]).is_quiet();
    symlink("out", lab.path("link")).unwrap();
    lab.run(&["build", "--verify", "--out", "link", "--zip=out.zip"]).is_quiet();
}

#[test]
fn every_kind_of_difference_is_named() {
    let lab = built();
    let job = "out/nomad/jobs/default/whoami.nomad.hcl";
    let text = lab.read(job);
    lab.write(job, text.replace("whoami", "whoamI")); // as long as before
    finds(&lab.run(&["build", "--verify"]), &[&format!("{job}: has other content")]);
    lab.write(job, format!("{text}\n"));
    finds(&lab.run(&["build", "--verify"]), &[&format!("{job}: has other content")]);
    lab.write(job, text);
    lab.run(&["build", "--verify"]).is_quiet();

    fs::set_permissions(lab.path("out/deploy.sh"), Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(lab.path("out/nodes/server/install.sh")).unwrap();
    fs::remove_file(lab.path(job)).unwrap();
    symlink("../../../bundle.json", lab.path(job)).unwrap();
    let expected = [
        "out/deploy.sh: has mode 644, not 755",
        "out/nodes/server/install.sh: is missing",
        "out/nomad/jobs/default/whoami.nomad.hcl: can't be read: it isn't a regular file",
    ];
    finds(&lab.run(&["build", "--verify"]), &expected);
}

#[test]
fn what_an_earlier_build_left_is_a_difference() {
    let lab = Lab::new();
    let second = "service \"second\" {\n    image \"traefik/whoami:v1.11.0\"\n}\n";
    lab.write("services/second.kdl", second);
    lab.run(&["build"]).is_quiet();
    fs::remove_file(lab.path("services/second.kdl")).unwrap();
    let ran = lab.run(&["build", "--verify"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stdout.contains("out/nomad/jobs/default/second.nomad.hcl: is left over from an earlier build\n"),
        "{ran:?}"
    );
    assert!(ran.stdout.starts_with("out/bundle.json: has other content\n"), "{ran:?}");
    // A build does what it says: then there is no difference.
    lab.run(&["build"]).is_quiet();
    lab.run(&["build", "--verify"]).is_quiet();
}

#[test]
fn a_zip_is_verified_when_it_is_asked_for() {
    let lab = built();
    let mut bytes = fs::read(lab.path("out.zip")).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    lab.write("out.zip", &bytes);
    lab.run(&["build", "--verify"]).is_quiet();
    finds(&lab.run(&["build", "--verify", "--zip"]), &["out.zip: has other content"]);
    fs::remove_file(lab.path("out.zip")).unwrap();
    finds(&lab.run(&["build", "--verify", "--zip"]), &["out.zip: is missing"]);
    finds(&lab.run(&["build", "--verify", "--zip", "other.zip"]), &["other.zip: is missing"]);
}

#[test]
fn verifying_writes_nothing() {
    let lab = Lab::new();
    let ran = lab.run(&["build", "--verify", "--out", "a/b/out", "--zip"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.starts_with("a/b/out/bundle.json: is missing\n"), "{ran:?}");
    assert!(ran.stdout.ends_with("a/b/out.zip: is missing\n"), "{ran:?}");
    assert!(!lab.path("a").exists());
    // A bundle that is half there, beside what a killed build left: all of it stays as it is.
    lab.run(&["build"]).is_quiet();
    fs::remove_file(lab.path("out/deploy.sh")).unwrap();
    lab.write(".out.hlmc-new/bundle.json", "{}");
    let before = (tree(&lab.path("")), lab.age("out"), lab.age("."));
    finds(&lab.run(&["build", "--verify"]), &["out/deploy.sh: is missing"]);
    assert_same(&tree(&lab.path("")), &before.0, "after --verify");
    assert_eq!((lab.modified("out"), lab.modified(".")), (before.1, before.2));
}

#[test]
fn a_lab_with_errors_is_not_verified() {
    let lab = built();
    lab.write("services/broken.kdl", "service \"broken\" {\n    image \"a:1\n}\n");
    lab.run(&["build", "--verify"]).fails(1, "services/broken.kdl:2:");
    fs::remove_file(lab.path("services/broken.kdl")).unwrap();
    fs::remove_dir_all(lab.path("out")).unwrap();
    lab.write("out", "a file");
    let ran = lab.run(&["build", "--verify"]);
    assert!(ran.code == Some(1) && ran.stdout.starts_with("out/bundle.json: is missing\n"), "{ran:?}");
}
