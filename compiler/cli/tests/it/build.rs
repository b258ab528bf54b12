//! `hlmc build`: what it leaves in `out/`.

use crate::lab::Lab;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use walkdir::WalkDir;

/// Every file below a folder, with its bytes.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = WalkDir::new(folder).into_iter().map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    entries
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().display().to_string();
            (path, fs::read(entry.path()).unwrap())
        })
        .collect()
}

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
    let whoami = both.keys().find(|path| path.contains("whoami")).unwrap();
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

#[test]
fn the_same_lab_gives_the_same_bytes_anywhere() {
    let lab = Lab::new();
    lab.run(&["build", "--zip"]).is_quiet();
    let (first, zip) = (tree(&lab.path("out")), fs::read(lab.path("out.zip")).unwrap());
    let elsewhere = Lab::empty();
    for folder in ["nodes", "services/whoami"] {
        fs::create_dir_all(elsewhere.path(folder)).unwrap();
    }
    for file in ["services/whoami/service.kdl", "nodes/server.kdl", "lab.kdl"] {
        fs::copy(lab.path(file), elsewhere.path(file)).unwrap();
    }
    let line = format!(
        "umask 077; cd /; TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 exec '{}' build --lab '{lab}' --out '{lab}/a/b' --zip '{lab}/c.zip' --threads 3",
        env!("CARGO_BIN_EXE_hlmc"),
        lab = elsewhere.path("").display()
    );
    assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    assert_eq!(tree(&elsewhere.path("a/b")), first);
    assert_eq!(fs::read(elsewhere.path("c.zip")).unwrap(), zip);
    let mode = |path: &str| fs::metadata(path).map(|there| there.permissions()).unwrap();
    for path in first.keys() {
        let (here, there) = (lab.path("out").join(path), elsewhere.path("a/b").join(path));
        assert_eq!(mode(here.to_str().unwrap()), mode(there.to_str().unwrap()), "{path}");
    }
}
