//! What the README shows is what happens, what the language's page shows compiles, and the tests that
//! ARCHITECTURE.md names are there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use walkdir::WalkDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The text of the README's fenced block that starts with this.
fn shown(start: &str) -> String {
    let readme = read("README.md");
    let mut blocks = readme.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap().1.to_owned());
    blocks.find(|block| block.starts_with(start)).unwrap()
}

#[test]
fn shows_an_error_as_it_is_printed() {
    let printed = read("golden/faults/port-of-dnsmasq/expected.txt");
    let (error, _summary) = printed.rsplit_once("\n\n").unwrap();
    assert_eq!(shown("error[").trim_end(), error);
}

#[test]
fn shows_a_service_of_the_catalogue_and_the_files_it_is_in() {
    assert!(read("services/uptime-kuma/service.kdl").ends_with(&shown("service \"uptime-kuma\"")));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let built =
        Command::new(env!("CARGO_BIN_EXE_hlmc")).args(["build", "--out"]).arg(&out).current_dir(root()).status();
    assert!(built.unwrap().success());
    for (file, says) in [
        ("nomad/jobs/default/uptime-kuma.nomad.hcl", "job \"uptime-kuma\""),
        ("proxy/Caddyfile", "status.home.example.com {"),
        ("nodes/server/etc/nomad.d/nomad.hcl", "host_volume \"uptime-kuma-data\""),
        ("nodes/server/etc/dnsmasq.d/hlmc.conf", "status.home.example.com"),
        ("nodes/server/install.sh", "/srv/uptime-kuma"),
        ("deploy.sh", "nomad/jobs/default/uptime-kuma.nomad.hcl"),
        ("bundle.json", "services/uptime-kuma/service.kdl"),
    ] {
        assert!(read("README.md").contains(&format!("\n| `{file}` |")), "the README's table lacks {file}");
        assert!(fs::read_to_string(out.join(file)).unwrap().contains(says), "{file} lacks {says}");
    }
}

#[test]
fn names_the_test_command_that_make_runs() {
    let command = shown("cargo run").lines().nth(1).unwrap().to_owned();
    assert!(read("Makefile").contains(&format!("\t{command}\n")), "{command}");
}

#[test]
fn architecture_names_tests_that_are_there() {
    let sources: String = ["compiler", "golden"]
        .iter()
        .flat_map(|folder| WalkDir::new(root().join(folder)))
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"))
        .map(|entry| fs::read_to_string(entry.path()).unwrap())
        .collect();
    let page = read("ARCHITECTURE.md");
    let table = page.split("| invariant | held by |").nth(1).unwrap().split("\n\n").next().unwrap();
    let rows = table.lines().skip(2).map(|row| row.rsplit(" | ").next().unwrap());
    let names = rows.flat_map(|held| held.split('`').skip(1).step_by(2)).filter(|name| !name.contains(['/', ' ']));
    let missing: Vec<&str> = names.filter(|name| !sources.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_language_page_is_a_lab_that_compiles() {
    let folder = tempfile::tempdir().unwrap();
    let page = read("docs/language.md");
    let blocks = page.split("```kdl\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for (number, block) in blocks.enumerate() {
        let place = match block.split_whitespace().next().unwrap() {
            "lab" => "lab.kdl".to_owned(),
            "node" => format!("nodes/{number}.kdl"),
            "integration" => format!("integrations/{number}.kdl"),
            _ => format!("services/{number}.kdl"),
        };
        let path = folder.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, block).unwrap();
    }
    for block in page.split("```hcl ").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        let (path, text) = block.split_once('\n').unwrap();
        fs::write(folder.path().join(path), text).unwrap();
    }
    let check = Command::new(env!("CARGO_BIN_EXE_hlmc")).arg("check").current_dir(folder.path()).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8(check.stderr).unwrap());
}
