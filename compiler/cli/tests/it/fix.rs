//! `hlmc check --fix`: what it changes, what it says, and what it leaves alone.

use crate::lab::Lab;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

const WRONG: &str =
    "service \"web\" {\n    image \"nginx:1.29.3\"\n    prot \"http\" to=80\n    memory 512\n    check \"http\"\n}\n";
const RIGHT: &str = "service \"web\" {\n    image \"nginx:1.29.3\"\n    port \"http\" to=80\n    memory \"512MiB\"\n    check \"http\"\n}\n";

#[test]
fn several_changes_of_one_file_are_made_and_told() {
    let lab = Lab::new();
    lab.write("services/web.kdl", WRONG);
    let ran = lab.run(&["check", "--fix"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""));
    assert_eq!(
        ran.stderr,
        "services/web.kdl:3:5: fixed[unknown-name] `prot` is now `port`\n\
         services/web.kdl:4:12: fixed[bare-number] `512` is now `\"512MiB\"`\n"
    );
    assert_eq!(lab.read("services/web.kdl"), RIGHT);
    lab.run(&["check", "--fix"]).is_quiet();
}

#[test]
fn what_comes_to_light_is_fixed_too_and_the_rest_is_reported() {
    let lab = Lab::new();
    let text = "service \"web\" {\n    image \"a:1\"\n    prot \"http\" to=80\n    chek \"htpp\"\n    volume \"nowhere\" to=\"/x\"\n}\n";
    lab.write("services/web.kdl", text);
    let ran = lab.run(&["check", "--fix", "--format", "short"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(lab.read("services/web.kdl"), text.replace("prot", "port").replace("chek \"htpp\"", "check \"http\""));
    assert!(ran.stdout.contains("error[volume-missing]") && ran.stdout.lines().count() == 1, "{}", ran.stdout);
    assert_eq!(ran.stderr.lines().count(), 3, "{}", ran.stderr);
}

#[test]
fn line_breaks_the_byte_order_mark_and_the_mode_stay() {
    let lab = Lab::new();
    let dos = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    lab.write("services/web.kdl", dos(WRONG));
    fs::set_permissions(lab.path("services/web.kdl"), fs::Permissions::from_mode(0o640)).unwrap();
    let ran = lab.run(&["check", "--fix"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(lab.read("services/web.kdl"), dos(RIGHT));
    let found = fs::metadata(lab.path("services/web.kdl")).unwrap();
    assert_eq!(found.mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(lab.path("services")).unwrap().count(), lab_files());
}

/// How many files `services/` has in a lab of `hlmc init` with `web.kdl`.
fn lab_files() -> usize {
    let lab = Lab::new();
    fs::read_dir(lab.path("services")).unwrap().count() + 1
}

#[test]
fn a_file_with_syntax_errors_is_left_alone() {
    let lab = Lab::new();
    let broken = "service \"web\" {\n    prot \"http\" to=80\n    memory 512\n    env { A true }\n}\n";
    lab.write("services/web.kdl", broken);
    lab.write("services/other.kdl", WRONG.replace("web", "other"));
    let ran = lab.run(&["check", "--fix", "--format", "short"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(lab.read("services/web.kdl"), broken);
    assert_eq!(lab.read("services/other.kdl"), RIGHT.replace("web", "other"));
    assert!(ran.stdout.contains("kdl-bad-keyword"), "{}", ran.stdout);
}

#[test]
fn a_linked_file_stays_a_link() {
    let lab = Lab::new();
    lab.write("shared/web.kdl", WRONG);
    symlink("../shared/web.kdl", lab.path("services/web.kdl")).unwrap();
    assert_eq!(lab.run(&["check", "--fix"]).code, Some(0));
    assert!(fs::symlink_metadata(lab.path("services/web.kdl")).unwrap().is_symlink());
    assert_eq!(lab.read("shared/web.kdl"), RIGHT);
}

#[test]
fn a_lab_without_a_fault_is_not_touched() {
    let lab = Lab::new();
    let past = lab.age("lab.kdl");
    lab.run(&["check", "--fix"]).is_quiet();
    assert_eq!(lab.modified("lab.kdl"), past);
}

#[test]
fn the_text_on_stdin_cannot_be_fixed() {
    Lab::new().run(&["check", "--fix", "--stdin", "--path", "lab.kdl"]).fails(2, "--fix");
}
