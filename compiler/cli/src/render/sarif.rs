//! The diagnostics as SARIF 2.1.0, for code hosts and viewers.
//!
//! Lines and columns count from 1, columns in UTF-16 code units without a byte order mark, as `columnKind` says; the end is one past the
//! last. Paths are relative to `%SRCROOT%`, the working folder, where the lab lies in it, and absolute otherwise; files
//! that ship inside the binary have URIs that start with `hlmc:`.

use super::pages::Region;
use super::{Pages, printable};
use hlmc_core::diagnostic::{Code, Diagnostic, Fix, Label, Severity};
use hlmc_core::source::Span;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const BASE: &str = "%SRCROOT%";

/// The document, with a line break at its end. `working` is what relative paths start from.
pub(crate) fn sarif(diagnostics: &[Diagnostic], pages: &Pages, working: &Path) -> String {
    let mut codes: Vec<&'static Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable_by_key(|code| code.name);
    codes.dedup();
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(diagnostic, &codes, pages)).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let working = working.display().to_string();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "hlmc", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { BASE: { "uri": format!("{}/", uri(working.trim_end_matches('/'))) } },
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

/// A code with its page, whose first line is its name.
fn rule(code: &Code) -> Value {
    let page = code.page.split_once("\n\n").map_or(code.page, |(_, page)| page);
    json!({
        "id": code.name,
        "shortDescription": { "text": code.summary },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn result(diagnostic: &Diagnostic, codes: &[&'static Code], pages: &Pages) -> Value {
    let mut text = printable(&diagnostic.message);
    let notes = diagnostic.notes.iter().map(|note| ("note", note));
    for (name, line) in notes.chain(diagnostic.help.iter().map(|help| ("help", help))) {
        let _ = write!(text, "\n{name}: {}", printable(line));
    }
    let mut result = json!({
        "ruleId": diagnostic.code.name,
        "ruleIndex": codes.iter().position(|code| code.name == diagnostic.code.name),
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [location(&diagnostic.primary, pages)],
    });
    if !diagnostic.secondary.is_empty() {
        let others = diagnostic.secondary.iter().enumerate();
        result["relatedLocations"] = others.map(|(id, label)| related(id, label, pages)).collect();
    }
    if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| !pages.path(fix.span).starts_with("hlmc:")) {
        result["fixes"] = json!([change(fix, diagnostic.help.as_deref(), pages)]);
    }
    result
}

fn related(id: usize, label: &Label, pages: &Pages) -> Value {
    let mut location = location(label, pages);
    location["id"] = id.into();
    location
}

fn location(label: &Label, pages: &Pages) -> Value {
    let physical = json!({ "artifactLocation": artifact(label.span, pages), "region": pages.region(label.span) });
    if label.text.is_empty() {
        return json!({ "physicalLocation": physical });
    }
    json!({ "physicalLocation": physical, "message": { "text": printable(&label.text) } })
}

fn change(fix: &Fix, help: Option<&str>, pages: &Pages) -> Value {
    let region: Region = pages.region(fix.span);
    json!({
        "description": { "text": help.map_or_else(|| format!("write {}", fix.replacement), printable) },
        "artifactChanges": [{
            "artifactLocation": artifact(fix.span, pages),
            "replacements": [{ "deletedRegion": region, "insertedContent": { "text": fix.replacement } }],
        }],
    })
}

fn artifact(span: Span, pages: &Pages) -> Value {
    let path = pages.path(span);
    if path.starts_with(['/', '<']) || path.starts_with("hlmc:") {
        return json!({ "uri": uri(path) });
    }
    json!({ "uri": uri(path), "uriBaseId": BASE })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

/// A path as a URI: absolute, of a file inside the binary, or relative.
fn uri(path: &str) -> String {
    let (scheme, path) = match path.strip_prefix("hlmc:") {
        Some(path) => ("hlmc:", path),
        None => (if path.starts_with('/') { "file://" } else { "" }, path),
    };
    let mut uri = scheme.to_owned();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("services/a b.kdl"), "services/a%20b.kdl");
        assert_eq!(uri("a:b/ä#?.kdl"), "a%3Ab/%C3%A4%23%3F.kdl");
        assert_eq!(uri("/srv/lab 100%"), "file:///srv/lab%20100%25");
        assert_eq!(uri("hlmc:services/plex/service.kdl"), "hlmc:services/plex/service.kdl");
    }
}
