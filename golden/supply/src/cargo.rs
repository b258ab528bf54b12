//! What cargo says: what it compiled, what each package is, and which checksum the lock file holds.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

/// The packages whose code is in the release binary, by cargo's ids.
///
/// Cargo compiles what runs during the build without optimization and the binary with it, which tells them apart.
pub(crate) fn compiled() -> Result<BTreeSet<String>, String> {
    let output = cargo(&["build", "--release", "--locked", "-p", "hlmc", "--message-format", "json"])?;
    let mut packages = BTreeSet::new();
    for line in output.lines() {
        let message: Value = serde_json::from_str(line).map_err(|error| format!("cargo printed `{line}`: {error}"))?;
        let kinds = message["target"]["kind"].as_array().cloned().unwrap_or_default();
        let linked = kinds.iter().any(|kind| ["lib", "rlib", "bin"].iter().any(|linked| kind == linked));
        if message["reason"] == "compiler-artifact" && linked && message["profile"]["opt_level"] != "0" {
            packages.insert(word(&message, "package_id")?.to_owned());
        }
    }
    Ok(packages)
}

/// `cargo metadata` for the system that this runs on.
pub(crate) fn metadata() -> Result<Value, String> {
    let about = about_rustc()?;
    let host = line_of(&about, "host: ")?;
    let output = cargo(&["metadata", "--format-version", "1", "--locked", "--filter-platform", host])?;
    serde_json::from_str(&output).map_err(|error| format!("cannot read what `cargo metadata` printed: {error}"))
}

/// The release of Rust, whose standard library is in the binary.
pub(crate) fn release() -> Result<String, String> {
    let about = about_rustc()?;
    line_of(&about, "release: ").map(str::to_owned)
}

/// The SHA-256 of each package from a registry, by name and version, as `Cargo.lock` has it.
pub(crate) fn checksums() -> Result<BTreeMap<(String, String), String>, String> {
    let path = root().join("Cargo.lock");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    Ok(text
        .split("\n[[package]]\n")
        .filter_map(|package| {
            let field = |name: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))?;
                line.strip_suffix('"').map(str::to_owned)
            };
            Some(((field("name")?, field("version")?), field("checksum")?))
        })
        .collect())
}

/// A text in what cargo printed.
pub(crate) fn word<'a>(value: &'a Value, name: &str) -> Result<&'a str, String> {
    value[name].as_str().ok_or_else(|| format!("cargo gave no `{name}` in {value}"))
}

fn about_rustc() -> Result<String, String> {
    printed(Command::new("rustc").arg("-vV"))
}

fn line_of<'a>(text: &'a str, start: &str) -> Result<&'a str, String> {
    text.lines().find_map(|line| line.strip_prefix(start)).ok_or_else(|| format!("`rustc -vV` has no `{start}`"))
}

fn cargo(arguments: &[&str]) -> Result<String, String> {
    printed(Command::new("cargo").args(arguments))
}

fn printed(command: &mut Command) -> Result<String, String> {
    let ran = command.current_dir(root()).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = ran.map_err(|error| format!("cannot run {command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?} failed: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("{command:?} printed no text: {error}"))
}

/// The top of the repository.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
