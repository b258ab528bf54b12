//! `hlmc fmt`.

use crate::lab::Lab;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

const UGLY: &str = "service   \"x\"   {\n  image \"a:1\"   // stays\n}\n";
const GOOD: &str = "service \"x\" {\n    image \"a:1\" // stays\n}\n";
const BROKEN: &str = "service   \"x\" {\n";

#[test]
fn reads_stdin_and_writes_stdout() {
    let lab = Lab::empty();
    let ran = lab.run_on(UGLY.as_bytes(), &["fmt", "-"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(0), GOOD, ""));
    let again = lab.run_on(GOOD.as_bytes(), &["fmt", "-"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), GOOD));
    lab.run_on(GOOD.as_bytes(), &["fmt", "--check", "-"]).is_quiet();
    let check = lab.run_on(UGLY.as_bytes(), &["fmt", "--check", "-"]);
    assert_eq!((check.code, check.stdout.as_str()), (Some(1), ""));
    let broken = lab.run_on(BROKEN.as_bytes(), &["fmt", "-"]);
    assert_eq!((broken.code, broken.stdout.as_str()), (Some(1), BROKEN));
    assert!(broken.stderr.contains("<stdin>:1:"), "{}", broken.stderr);
    lab.run_on(b"\xff", &["fmt", "-"]).fails(2, "`<stdin>` isn't valid UTF-8");
    lab.run_on(b"", &["fmt", "-", "x"]).fails(2, "`-` stands for stdin");
}

#[test]
fn formats_the_lab_and_leaves_the_rest_alone() {
    let lab = Lab::new();
    lab.write("services/ugly.kdl", UGLY);
    lab.write("services/.hidden.kdl", UGLY);
    lab.write("services/file.txt", UGLY);
    lab.write("elsewhere/ugly.kdl", UGLY);
    let past = lab.age("lab.kdl");
    lab.run_in("services", &["fmt"]).is_quiet();
    assert_eq!(lab.read("services/ugly.kdl"), GOOD);
    for other in ["services/.hidden.kdl", "services/file.txt", "elsewhere/ugly.kdl"] {
        assert_eq!(lab.read(other), UGLY, "{other}");
    }
    assert_eq!(lab.modified("lab.kdl"), past);
}

#[test]
fn check_lists_files_and_writes_nothing() {
    let lab = Lab::empty();
    lab.write("a/one.kdl", UGLY);
    lab.write("a/two.kdl", GOOD);
    lab.write("b.kdl", UGLY);
    let ran = lab.run(&["fmt", "--check", "a", "b.kdl"]);
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (Some(1), "a/one.kdl\nb.kdl\n", ""));
    assert_eq!(lab.read("b.kdl"), UGLY);
}

#[test]
fn a_file_with_errors_is_reported_and_the_others_are_formatted() {
    let lab = Lab::empty();
    lab.write("a.kdl", BROKEN);
    lab.write("b.kdl", b"\xff\xfe");
    lab.write("c.kdl", UGLY);
    let ran = lab.run(&["fmt", "a.kdl", "c.kdl"]);
    ran.fails(1, "a.kdl:1:");
    assert_eq!((lab.read("a.kdl").as_str(), lab.read("c.kdl").as_str()), (BROKEN, GOOD));
    lab.write("c.kdl", UGLY);
    lab.run(&["fmt", "."]).fails(2, "`./b.kdl` isn't valid UTF-8");
    assert_eq!(lab.read("c.kdl"), GOOD);
    lab.run(&["fmt", "none.kdl"]).fails(2, "can't read `none.kdl`: no such file or directory");
}

#[test]
fn keeps_the_mode_and_writes_through_a_symlink() {
    let lab = Lab::empty();
    lab.write("real.kdl", UGLY);
    fs::set_permissions(lab.path("real.kdl"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.kdl", lab.path("link.kdl")).unwrap();
    lab.run(&["fmt", "link.kdl"]).is_quiet();
    assert_eq!(lab.read("real.kdl"), GOOD);
    assert!(lab.path("link.kdl").is_symlink());
    assert_eq!(fs::metadata(lab.path("real.kdl")).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(lab.path("")).unwrap().count(), 2);
}
