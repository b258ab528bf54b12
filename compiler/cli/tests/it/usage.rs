//! Exit codes, streams, colours, pipes.

use crate::lab::Lab;
use std::process::Stdio;

const BROKEN: &str = "service \"broken\" {\n    image \"a:1\n}\n";

#[test]
fn wrong_usage_is_2_and_help_says_so() {
    let lab = Lab::empty();
    lab.run(&[]).fails(2, "Usage");
    lab.run(&["bild"]).fails(2, "build");
    for threads in ["0", "100000"] {
        lab.run(&["build", "--threads", threads]).fails(2, "--threads");
    }
    let help = lab.run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    for needed in ["Exit codes:", "  0  ", "  1  ", "  2  ", "NO_COLOR"] {
        assert!(help.stdout.contains(needed), "{needed}");
    }
}

#[test]
fn without_a_lab_it_says_what_to_do() {
    let lab = Lab::empty();
    lab.run(&["build"]).fails(2, "there is no `lab.kdl`");
    lab.run(&["check"]).fails(2, "`hlmc init` writes a lab to start with");
    lab.run(&["build", "--lab", "nowhere"]).fails(2, "can't open the lab `nowhere`: no such file or directory");
}

#[test]
fn finds_the_lab_from_a_folder_inside() {
    let lab = Lab::new();
    lab.run_in("services/whoami", &["build"]).is_quiet();
    assert!(lab.path("out/bundle.json").is_file());
    lab.write("services/broken.kdl", BROKEN);
    lab.run_in("services/whoami", &["build"]).fails(1, "../../services/broken.kdl:2:");
    lab.run_in("services", &["build", "--lab", ".."]).fails(1, "../services/broken.kdl:2:");
}

#[test]
fn errors_of_the_lab_are_1_and_leave_the_bundle_alone() {
    let lab = Lab::new();
    lab.run(&["build"]).is_quiet();
    let before = (lab.age("out"), lab.read("out/bundle.json"));
    lab.write("services/broken.kdl", BROKEN);
    lab.run(&["build"]).fails(1, "services/broken.kdl:2:");
    lab.run(&["check"]).fails(1, "services/broken.kdl:2:");
    assert_eq!((lab.modified("out"), lab.read("out/bundle.json")), before);
}

#[test]
fn colours_are_for_those_who_want_them() {
    let lab = Lab::new();
    lab.write("services/broken.kdl", BROKEN);
    let coloured = |variables: &[(&str, &str)]| lab.run_with(variables, &["check"]).stderr.contains('\u{1b}');
    assert!(!coloured(&[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let lab = Lab::new();
    for args in [["explain", "--help"].as_slice(), &["explain"], &["check", "--format", "json"]] {
        let mut child = lab.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{args:?}");
    }
}
