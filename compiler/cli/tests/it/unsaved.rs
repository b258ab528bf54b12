//! `hlmc check --stdin --path`: a text that isn't saved, in the place of a file.

use crate::lab::Lab;
use std::fs;
use std::os::unix::fs::symlink;

const SHORT: [&str; 4] = ["check", "--format", "short", "--stdin"];

fn check(lab: &Lab, path: &str, text: &str) -> crate::lab::Ran {
    lab.run_on(text.as_bytes(), &[&SHORT[..], &["--path", path]].concat())
}

#[test]
fn the_text_on_stdin_stands_in_for_the_file() {
    let lab = Lab::new();
    lab.write("services/web.kdl", "service \"web\" {\n    prot \"http\" to=80\n}\n");
    assert!(lab.run(&["check", "--format", "short"]).stdout.contains("unknown-name"));
    let fine = "service \"web\" {\n    image \"nginx:1.29.3\"\n    port \"http\" to=80\n    check \"http\"\n}\n";
    assert_eq!(check(&lab, "services/web.kdl", fine).stdout, "");
    let broken = check(&lab, "services/web.kdl", "service \"web\" {\n    imag \"nginx:1.29.3\"\n}\n");
    assert_eq!(broken.code, Some(1));
    assert!(broken.stdout.starts_with("services/web.kdl:2:5: error[unknown-name] "), "{}", broken.stdout);
    // What is saved stays.
    assert!(lab.read("services/web.kdl").contains("prot"));
}

#[test]
fn a_file_that_is_not_there_yet_is_part_of_the_lab() {
    let lab = Lab::new();
    let ran = check(&lab, "services/new/service.kdl", "service \"new\" {\n    imag \"a:1\"\n}\n");
    assert!(ran.stdout.starts_with("services/new/service.kdl:2:5: error[unknown-name] "), "{}", ran.stdout);
    let job = check(&lab, "services/job.nomad.hcl", "job \"x\" {\n  grup \"y\" {}\n}\n");
    assert!(job.stdout.contains("services/job.nomad.hcl:2:3: error[unknown-name] "), "{}", job.stdout);
    let hidden = check(&lab, "services/.new.kdl", "nonsense\n");
    assert_eq!((hidden.code, hidden.stdout.as_str()), (Some(0), ""));
    let nobodys = check(&lab, "README.md", "# nonsense\n");
    assert_eq!((nobodys.code, nobodys.stdout.as_str()), (Some(0), ""));
}

#[test]
fn a_file_that_a_service_mounts_is_read_from_stdin_too() {
    let lab = Lab::new();
    lab.write(
        "services/web.kdl",
        "service \"web\" {\n    image \"nginx:1.29.3\"\n    file \"web.conf\" to=\"/etc/web.conf\"\n}\n",
    );
    assert!(lab.run(&["check", "--format", "short"]).stdout.contains("missing-file"));
    assert_eq!(check(&lab, "services/web.conf", "x = 1\n").stdout, "");
}

#[test]
fn the_lab_is_the_one_of_the_file() {
    let outer = Lab::empty();
    outer.run(&["init", "lab"]).is_quiet();
    let text = "service \"web\" { imag \"a:1\"; }\n";
    let ran = check(&outer, "lab/services/web.kdl", text);
    assert!(ran.stdout.starts_with("lab/services/web.kdl:1:17: error[unknown-name] "), "{}", ran.stdout);
    let absolute = outer.path("lab/services/web.kdl").display().to_string();
    assert_eq!(check(&outer, &absolute, text).stdout, ran.stdout);
    assert_eq!(check(&outer, "lab/nodes/../services/./web.kdl", text).stdout, ran.stdout);
}

#[test]
fn links_lead_to_the_same_file() {
    let outer = Lab::empty();
    outer.run(&["init", "lab"]).is_quiet();
    outer.write("lab/shared/web.kdl", "service \"web\" { image \"a:1\"; }\n");
    symlink("../shared", outer.path("lab/services/linked")).unwrap();
    symlink("lab", outer.path("alias")).unwrap();
    let text = "service \"web\" { imag \"a:1\"; }\n";
    let expected = "lab/services/linked/web.kdl:1:17: error[unknown-name] ";
    let ran = check(&outer, "lab/services/linked/web.kdl", text);
    assert!(ran.stdout.starts_with(expected), "{}", ran.stdout);
    let ran = check(&outer, "alias/services/new.kdl", text.replace("web", "new").as_str());
    assert!(ran.stdout.starts_with("lab/services/new.kdl:1:17: error[unknown-name] "), "{}", ran.stdout);
}

#[test]
fn a_file_outside_of_any_lab_is_refused() {
    let lab = Lab::new();
    let elsewhere = Lab::empty();
    let outside = elsewhere.path("x.kdl").display().to_string();
    check(&lab, &outside, "").fails(2, "there is no `lab.kdl` in `");
    let args = [&SHORT[..], &["--path", &outside, "--lab", "."]].concat();
    lab.run_on(b"", &args).fails(2, "x.kdl` isn't in the lab `");
    check(&lab, "services", "").fails(2, "`services` is a folder");
    lab.run(&["check", "--stdin"]).fails(2, "--path");
    lab.run(&["check", "--path", "lab.kdl"]).fails(2, "--stdin");
}

#[test]
fn what_is_no_text_is_reported_in_its_place() {
    let lab = Lab::new();
    let args = [&SHORT[..], &["--path", "services/web.kdl"]].concat();
    let ran = lab.run_on(b"service \"\xff\"", &args);
    assert!(ran.stdout.starts_with("services/web.kdl:1:1: error[unreadable-file] "), "{}", ran.stdout);
    assert!(!fs::exists(lab.path("services/web.kdl")).unwrap());
}
