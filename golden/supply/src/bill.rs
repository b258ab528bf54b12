//! The bill itself: one component a package, and which of them needs which.

use crate::cargo::{self, word};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Builds the binary, if it isn't built, and says what is in it.
pub(crate) fn bill() -> Result<Value, String> {
    let compiled = cargo::compiled()?;
    let metadata = cargo::metadata()?;
    let checksums = cargo::checksums()?;
    let mut references = BTreeMap::new();
    let mut binary = Value::Null;
    let mut components = vec![standard_library(&cargo::release()?)];
    for package in entries(&metadata["packages"]) {
        let id = word(package, "id")?;
        if !compiled.contains(id) {
            continue;
        }
        let (name, version) = (word(package, "name")?, word(package, "version")?);
        references.insert(id, reference(package, name, version));
        let sum = checksums.get(&(name.to_owned(), version.to_owned()));
        let component = component(package, name, version, sum)?;
        if name == "hlmc" {
            binary = component;
        } else {
            components.push(component);
        }
    }
    if references.len() != compiled.len() {
        return Err(format!("cargo compiled {} packages and knows {} of them", compiled.len(), references.len()));
    }
    components.sort_by_cached_key(|component| component["bom-ref"].to_string());
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": binary },
        "components": components,
        "dependencies": dependencies(&metadata, &references)?,
    }))
}

fn component(package: &Value, name: &str, version: &str, checksum: Option<&String>) -> Result<Value, String> {
    let kind = if name == "hlmc" { "application" } else { "library" };
    let license = word(package, "license")?.replace('/', " OR "); // how older packages wrote it
    let reference = reference(package, name, version);
    let mut component = json!({
        "type": kind,
        "bom-ref": reference,
        "name": name,
        "version": version,
        "licenses": [{ "expression": license }],
    });
    if !package["source"].is_null() {
        component["purl"] = reference.into();
    }
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    Ok(component)
}

/// Cargo doesn't count it, but it is in every binary.
fn standard_library(release: &str) -> Value {
    json!({
        "type": "library",
        "bom-ref": format!("std@{release}"),
        "name": "std",
        "version": release,
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    })
}

/// The name of a package within the bill: its address in the registry, if it comes from there.
fn reference(package: &Value, name: &str, version: &str) -> String {
    let registry = if package["source"].is_null() { "" } else { "pkg:cargo/" };
    format!("{registry}{name}@{version}")
}

/// Which packages of the binary each of them needs.
fn dependencies(metadata: &Value, references: &BTreeMap<&str, String>) -> Result<Vec<Value>, String> {
    let mut all = BTreeMap::new();
    for node in entries(&metadata["resolve"]["nodes"]) {
        let Some(reference) = references.get(word(node, "id")?) else { continue };
        let mut needs = BTreeSet::new();
        for dependency in entries(&node["deps"]) {
            let normal = entries(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            needs.extend(references.get(word(dependency, "pkg")?).filter(|_| normal));
        }
        all.insert(reference, needs);
    }
    Ok(all.into_iter().map(|(reference, needs)| json!({ "ref": reference, "dependsOn": needs })).collect())
}

fn entries(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}
