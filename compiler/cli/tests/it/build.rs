//! `hlmc build`: what it leaves in `out/`.

use crate::lab::Lab;
use crate::tree::tree;
use std::fs;

#[test]
fn a_second_build_writes_nothing() {
    let lab = Lab::new();
    lab.run(&["build"]).is_quiet();
    let before = (lab.age("out"), lab.age("out/bundle.json"), lab.age("."));
    lab.run(&["build"]).is_quiet();
    assert_eq!((lab.modified("out"), lab.modified("out/bundle.json"), lab.modified(".")), before);
}

#[test]
fn what_hlmc_did_not_write_stays_and_what_is_gone_goes() {
    let lab = Lab::new();
    lab.write("out/.gitkeep", "");
    lab.write("out/notes/mine.txt", "mine");
    lab.write("services/second.kdl", "service \"second\" {\n    image \"traefik/whoami:v1.11.0\"\n}\n");
    lab.run(&["build"]).is_quiet();
    let both = tree(&lab.path("out"));
    assert!(both.keys().any(|path| path.contains("second")), "{:?}", both.keys());
    let whoami = both.keys().find(|path| path.ends_with("whoami.nomad.hcl")).unwrap();
    let past = lab.age(&format!("out/{whoami}"));
    fs::remove_file(lab.path("services/second.kdl")).unwrap();
    lab.run(&["build"]).is_quiet();
    let one = tree(&lab.path("out"));
    assert!(!one.keys().any(|path| path.contains("second")), "{:?}", one.keys());
    assert_eq!(lab.modified(&format!("out/{whoami}")), past);
    assert_eq!((lab.read("out/.gitkeep").as_str(), lab.read("out/notes/mine.txt").as_str()), ("", "mine"));
    let names = fs::read_dir(lab.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!names.into_iter().any(|name| name.starts_with('.')), "something is left beside out/");
}

#[test]
fn what_is_in_the_way_is_named() {
    let lab = Lab::new();
    lab.write("out/bundle.json/mine", "x");
    lab.run(&["build"]).fails(2, "`bundle.json` wasn't written by hlmc and is in the way");
    lab.run(&["build", "--out", "."]).fails(2, "holds the lab's manifests");
    lab.run(&["build", "--out", "services/out"]).fails(2, "holds the lab's manifests");
    lab.run(&["build", "--out", "lab.kdl"]).fails(2, "isn't a folder");
}
