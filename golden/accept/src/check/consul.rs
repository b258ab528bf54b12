//! Consul: agent configuration goes to `consul validate`.

use super::by_exit_code_and_warnings;
use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Validates all of an agent's configuration files together.
pub(crate) fn validate(site: &Site, bundle: &Bundle, folder: &str) -> Result<Verdict, String> {
    let mut command = site.command("consul")?;
    let ran = run(command.arg("validate").arg(bundle.root.join(folder)))?;
    Ok(by_exit_code_and_warnings(&ran, "[WARN]"))
}

/// Looks whether the agent of a node started with its configuration and joined the others.
pub(crate) fn join(site: &Site, _: &Bundle, folder: &str) -> Result<Verdict, String> {
    Ok(super::joined(site, "consul", folder))
}
