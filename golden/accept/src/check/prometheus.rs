//! Prometheus: its configuration goes to `promtool check config`.

use super::by_exit_code_and_warnings;
use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Checks a configuration and the rule files that it names.
pub(crate) fn check_config(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut command = site.command("promtool")?;
    let ran = run(command.args(["check", "config"]).arg(bundle.root.join(path)))?;
    Ok(by_exit_code_and_warnings(&ran, "WARNING"))
}
