//! `hlmc init`.

use crate::lab::Lab;

#[test]
fn writes_a_lab_that_builds() {
    let lab = Lab::new();
    for file in ["lab.kdl", "nodes/server.kdl", "services/whoami/service.kdl"] {
        assert!(lab.path(file).is_file(), "{file}");
    }
    lab.run(&["check"]).is_quiet();
    lab.run(&["build"]).is_quiet();
    assert!(lab.read("out/bundle.json").contains("whoami"));
}

#[test]
fn writes_a_lab_that_is_formatted() {
    let lab = Lab::new();
    lab.run(&["fmt", "--check"]).is_quiet();
}

#[test]
fn overwrites_nothing() {
    let lab = Lab::empty();
    lab.write("new/services/whoami/service.kdl", "mine");
    lab.run(&["init", "new"]).fails(2, "`new/services/whoami/service.kdl` is already there");
    assert_eq!(lab.read("new/services/whoami/service.kdl"), "mine");
    assert!(!lab.path("new/lab.kdl").exists());
    lab.run(&["init", "other/deep"]).is_quiet();
    assert!(lab.path("other/deep/lab.kdl").is_file());
}
