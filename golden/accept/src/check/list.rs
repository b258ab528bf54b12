//! `bundle.json`: what it says of each file holds for the file on disk.

use std::os::unix::fs::PermissionsExt as _;

use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::{Site, write};

/// Has `sha256sum` compare every listed sum with the file, and compares the modes.
pub(crate) fn compare(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let list: serde_json::Value =
        serde_json::from_str(&bundle.text(path)?).map_err(|error| format!("`{path}` isn't JSON: {error}"))?;
    let mut sums = String::new();
    let mut wrong = Vec::new();
    for file in list.get("files").and_then(|files| files.as_array()).into_iter().flatten() {
        let text = |name| file.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let (name, sum, mode) = (text("path"), text("sha256"), text("mode"));
        sums.push_str(&format!("{sum}  {name}\n"));
        let on_disk = std::fs::metadata(bundle.root.join(name))
            .map(|metadata| format!("{:o}", metadata.permissions().mode() & 0o7777))
            .unwrap_or_default();
        if on_disk != mode {
            wrong.push(format!("{name}: has mode {on_disk}, and {mode} is listed"));
        }
    }
    let file = site.scratch.join("sha256sums");
    write(&file, sums.as_bytes())?;
    let mut command = site.command("sha256sum")?;
    let ran = run(command.args(["--check", "--strict", "--quiet"]).arg(&file).current_dir(&bundle.root))?;
    if !ran.succeeded() {
        wrong.push(ran.report());
    }
    Ok(if wrong.is_empty() { Verdict::Accepted(None) } else { Verdict::Refused(wrong.join("\n")) })
}
