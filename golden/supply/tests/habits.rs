//! Habits that keep the supply safe: builds are locked, scripts of ours stay at home, no dependency is there for nothing.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may fail a test")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// All files below a folder of the repository that a test of their paths takes in, without what is built.
fn files(folder: &str, takes: fn(&str) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["target", "out", ".git", "bin", "expected"].contains(&name) {
                folders.push(path);
            } else if path.is_file() && takes(path.to_str().unwrap()) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The commands of a line that start with this program: from its name to where the command ends.
fn commands<'a>(line: &'a str, program: &str) -> Vec<&'a str> {
    let starts = line.match_indices(program).map(|(at, _)| at);
    let free =
        starts.filter(|at| !line[..*at].ends_with(|before: char| before.is_alphanumeric() || "-_/.".contains(before)));
    free.map(|at| line[at..].split(['`', '|', ';', '&', '\'']).next().unwrap()).collect()
}

/// Whether a command resolves dependencies and doesn't say that they are locked.
fn is_loose(command: &str) -> bool {
    let mut words = command.split_whitespace();
    let program = words.next();
    let verb = words.find(|word| !word.starts_with(['-', '+'])).unwrap_or_default();
    match program {
        Some("cargo") => {
            let resolves =
                ["bench", "build", "check", "clippy", "deny", "doc", "install", "metadata", "run", "test", "tree"];
            resolves.contains(&verb) && !command.contains("--locked")
        }
        Some("go") => ["build", "install", "run", "test"].contains(&verb) && !command.contains("-mod=readonly"),
        Some("pip") => verb == "install" && !command.contains("--require-hashes"),
        _ => false,
    }
}

#[test]
fn every_build_is_locked() {
    let takes = |path: &str| {
        [".sh", ".md", ".py"].iter().any(|end| path.ends_with(end))
            || path.ends_with("/.ci/run")
            || path.ends_with("/Makefile")
    };
    let (mut loose, mut seen) = (Vec::new(), 0);
    for path in files(".", takes) {
        let text = fs::read_to_string(&path).unwrap().replace("\\\n", " ");
        for (number, line) in text.lines().enumerate() {
            let all = ["cargo ", "go ", "pip "].iter().flat_map(|program| commands(line, program));
            for command in all {
                seen += 1;
                if is_loose(command) {
                    loose.push(format!("{}:{}: {command}", path.display(), number + 1));
                }
            }
        }
    }
    assert_eq!(loose, Vec::<String>::new(), "cargo has `--locked`, go `-mod=readonly`, pip `--require-hashes`");
    assert!(seen > 15, "only {seen} commands were found");
}

#[test]
fn a_loose_command_is_seen() {
    for loose in ["cargo build", "cargo +nightly test -p x", "go build ./x", "pip install ansible"] {
        assert!(is_loose(commands(&format!("(cd x && {loose} | tail)"), &loose[..2])[0]), "{loose}");
    }
    for sound in ["cargo build --locked", "cargo fmt --all", "go env GOVERSION", "go build -mod=readonly x"] {
        assert!(!is_loose(commands(sound, &sound[..2])[0]), "{sound}");
    }
}

/// What runs during a build of hlmc and is ours: build scripts with their modules, and the parser that they use.
#[test]
fn our_build_scripts_use_no_network_and_start_nothing() {
    let takes = |path: &str| {
        let inside = path.split("/compiler/").nth(1).unwrap_or_default();
        let script = inside.ends_with("/build.rs") && inside.matches('/').count() == 1;
        path.ends_with(".rs") && (script || inside.contains("/build/") || inside.starts_with("syntax/src/"))
    };
    let scripts = files("compiler", takes);
    assert!(scripts.iter().any(|path| path.ends_with("core/build.rs")), "{scripts:?}");
    for path in scripts {
        let text = fs::read_to_string(&path).unwrap();
        for barred in ["std::net", "std::process", "std::os", "process::", "net::", "Command", "Tcp", "Udp", "extern "]
        {
            assert!(!text.contains(barred), "{} has `{barred}`", path.display());
        }
        let grouped = text.split("use std::{").skip(1).filter_map(|rest| rest.split('}').next());
        for name in grouped.flat_map(|names| names.split(',')) {
            assert!(!["net", "process", "os"].contains(&name.trim()), "{} uses `std::{name}`", path.display());
        }
    }
    for manifest in files(".", |path| path.ends_with("/Cargo.toml")) {
        let text = fs::read_to_string(&manifest).unwrap();
        let needed = text.split("[build-dependencies]\n").nth(1).unwrap_or_default().split("\n\n").next().unwrap();
        let foreign: Vec<&str> = needed.lines().filter(|line| !line.starts_with("hlmc-syntax.")).collect();
        assert!(foreign.is_empty(), "{}: {foreign:?} would run during a build", manifest.display());
    }
}

#[test]
fn every_dependency_is_used() {
    let mut idle = Vec::new();
    let mut seen = 0;
    for manifest in files(".", |path| path.ends_with("/Cargo.toml")) {
        let sources: String = rust_beside(&manifest);
        let text = fs::read_to_string(&manifest).unwrap();
        let mut inside = false;
        let mut line_before = "";
        for line in text.lines() {
            if line.starts_with('[') {
                inside = line.ends_with("dependencies]") && !line.contains("workspace");
            } else if inside
                && let Some((name, _)) = line.split_once(['.', ' '])
                && !line.starts_with('#')
            {
                seen += 1;
                // `hcl-rs` calls itself `hcl`; a dependency that only sets a feature says so in the line above it.
                let named = name.trim_end_matches("-rs").replace('-', "_");
                let used = ["::", ";", " as "].iter().any(|after| sources.contains(&format!("{named}{after}")));
                if !used && !line_before.starts_with('#') {
                    idle.push(format!("{}: {name}", manifest.display()));
                }
            }
            line_before = line;
        }
    }
    assert_eq!(idle, Vec::<String>::new(), "nothing in the crate names them");
    assert!(seen > 25, "only {seen} dependencies were found");
}

/// All Rust of the crate that a manifest describes.
fn rust_beside(manifest: &Path) -> String {
    let folder = manifest.parent().unwrap().strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    let sources = files(&folder, |path| path.ends_with(".rs"));
    sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}
