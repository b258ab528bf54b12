//! Vault: policies, roles and the configuration of the logins go to a running Vault of this machine's.

use serde_json::Value;

use crate::bundle::Bundle;
use crate::check::by_exit_code;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::{Site, write};

/// Has Vault take a policy.
pub(crate) fn write_policy(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let ran = run(site.vault()?.args(["policy", "write", "of-the-lab"]).arg(bundle.root.join(path)))?;
    Ok(by_exit_code(&ran))
}

/// Checks that a policy is written the way `vault policy fmt` writes it.
pub(crate) fn check_format(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let copy = site.scratch.join("policy.hcl");
    let text = bundle.text(path)?;
    write(&copy, text.as_bytes())?;
    let mut command = site.command("vault")?;
    let ran = run(command.args(["policy", "fmt"]).arg(&copy))?;
    let formatted = std::fs::read_to_string(&copy).unwrap_or_default();
    Ok(if ran.succeeded() && formatted != text {
        Verdict::Refused(format!("`vault policy fmt` writes it so:\n{formatted}"))
    } else {
        by_exit_code(&ran)
    })
}

/// Has Vault take a role, and looks whether it keeps each thing that the file says.
pub(crate) fn write_role(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    kept(site, bundle, path, "auth/jwt-nomad/role/of-the-lab")
}

/// Has Vault take the configuration of the logins, for which it asks Nomad's servers for their keys.
pub(crate) fn configure_logins(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    kept(site, bundle, path, "auth/jwt-nomad/config")
}

fn kept(site: &Site, bundle: &Bundle, path: &str, place: &str) -> Result<Verdict, String> {
    let text = site.cluster.moved(&bundle.text(path)?);
    let file = site.scratch.join("vault.json");
    write(&file, text.as_bytes())?;
    let ran = run(site.vault()?.args(["write", place]).arg(format!("@{}", file.display())))?;
    if !ran.succeeded() {
        return Ok(Verdict::Refused(ran.report()));
    }
    let read = run(site.vault()?.args(["read", "-format=json", place]))?;
    let json = |text: &str| serde_json::from_str::<Value>(text).map_err(|error| format!("`{path}`: {error}"));
    let (said, kept) = (json(&text)?, json(&read.output)?);
    let differs = |(name, value): &(&String, &Value)| !same(value, kept.pointer(&format!("/data/{name}")));
    let wrong: Vec<String> =
        said.as_object().into_iter().flatten().filter(differs).map(|(name, _)| name.clone()).collect();
    Ok(if wrong.is_empty() {
        Verdict::Accepted(None)
    } else {
        Verdict::Refused(format!("Vault keeps something else as {}:\n{}", wrong.join(", "), read.output))
    })
}

/// Whether Vault keeps what was said; it keeps times in seconds, and of things that have parts some more than were said.
fn same(said: &Value, kept: Option<&Value>) -> bool {
    match (said, kept) {
        (Value::String(said), Some(Value::Number(kept))) => *said == format!("{}m", kept.as_u64().unwrap_or(0) / 60),
        (Value::Array(said), Some(Value::Array(kept))) => {
            said.len() == kept.len() && said.iter().zip(kept).all(|(said, kept)| same(said, Some(kept)))
        }
        (Value::Object(said), Some(Value::Object(kept))) => {
            said.iter().all(|(name, value)| same(value, kept.get(name)))
        }
        (said, kept) => Some(said) == kept,
    }
}
