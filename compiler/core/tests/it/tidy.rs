//! Habits that no compiler holds: short files and functions, a word on top of each file.

use std::fs;
use std::path::{Path, PathBuf};

/// Longest file, in lines without its test module.
const FILE: usize = 500;
/// Longest function, from its signature to its closing brace.
const FUNCTION: usize = 60;

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["compiler", "golden"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    files.iter().map(|file| (file.display().to_string(), fs::read_to_string(file).unwrap())).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            collect(&path, files);
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}

/// Whether a file holds nothing but tests; the limits are not for those.
fn is_tests(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The lines that count: without a test module at the end.
fn counted(text: &str) -> Vec<&str> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines().collect()
}

#[test]
fn every_file_says_what_it_does() {
    let silent: Vec<_> = sources().into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|it| it.0).collect();
    assert_eq!(silent, Vec::<String>::new(), "files start with `//! …`");
}

#[test]
fn a_stage_knows_only_those_before_it() {
    const STAGES: [&str; 8] = ["source", "decode", "resolve", "lower", "analyze", "check", "emit", "compile"];
    let mut back = Vec::new();
    for (path, text) in sources() {
        let Some((_, inside)) = path.split_once("compiler/core/src/") else { continue };
        let Some(own) = STAGES.iter().position(|stage| inside.starts_with(&format!("{stage}/"))) else { continue };
        for later in &STAGES[own + 1..] {
            if text.contains(&format!("use crate::{later}::")) {
                back.push(format!("{inside} uses {later}"));
            }
        }
    }
    assert_eq!(back, Vec::<String>::new(), "what a stage needs belongs to it or to one before it");
}

#[test]
fn files_are_short() {
    let long: Vec<_> = sources()
        .into_iter()
        .filter(|(path, _)| !is_tests(path))
        .map(|(path, text)| (path, counted(&text).len()))
        .filter(|(_, lines)| *lines > FILE)
        .collect();
    assert_eq!(long, vec![], "files have at most {FILE} lines: ask what they are really made of");
}

#[test]
fn functions_are_short() {
    let mut long = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_tests(path)) {
        let mut start: Option<(usize, &str)> = None;
        for (number, line) in counted(&text).into_iter().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let code = line.trim_start();
            let opens = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "const fn ", "pub const fn "];
            if opens.iter().any(|open| code.starts_with(open)) {
                start = Some((number, &line[..indent]));
            }
            if let Some((from, indent)) = start
                && line.strip_prefix(indent) == Some("}")
            {
                if number - from + 1 > FUNCTION {
                    long.push(format!("{path}:{}: {} lines", from + 1, number - from + 1));
                }
                start = None;
            }
        }
    }
    assert_eq!(long, Vec::<String>::new(), "functions have at most {FUNCTION} lines");
}
