//! Samba: its configuration goes to `testparm`.

use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Loads a configuration. `testparm` only mentions what it doesn't know, and still ends with exit code 0.
pub(crate) fn test(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut command = site.command("testparm")?;
    let ran = run(command.arg("--suppress-prompt").arg(bundle.root.join(path)))?;
    let unknown = ["Unknown parameter", "Ignoring unknown", "Ignoring badly formed"];
    if !ran.succeeded() || unknown.iter().any(|words| ran.output.contains(words)) {
        return Ok(Verdict::Refused(ran.report()));
    }
    let warnings: Vec<&str> =
        ran.output.lines().filter(|line| line.starts_with("WARNING") || line.starts_with("ERROR")).collect();
    Ok(if warnings.is_empty() { Verdict::Accepted(None) } else { Verdict::Warned(warnings.join("\n")) })
}
