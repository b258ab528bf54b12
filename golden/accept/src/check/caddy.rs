//! Caddy: its Caddyfile is adapted and loaded up to, but not including, listening.

use std::process::Command;

use super::by_exit_code_and_warnings;
use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Validates a Caddyfile.
pub(crate) fn validate(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut command = caddy(site)?;
    command.args(["validate", "--adapter", "caddyfile", "--config"]);
    let ran = run(command.arg(bundle.root.join(path)))?;
    Ok(by_exit_code_and_warnings(&ran, "\"level\":\"warn\""))
}

/// Checks that a Caddyfile is written the way `caddy fmt` writes it: a difference starts a line with `+` or `-`.
pub(crate) fn check_format(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut command = caddy(site)?;
    let ran = run(command.args(["fmt", "--diff"]).arg(bundle.root.join(path)))?;
    let differs = ran.output.lines().any(|line| line.starts_with(['+', '-']));
    Ok(if differs || !ran.succeeded() { Verdict::Refused(ran.report()) } else { Verdict::Accepted(None) })
}

/// Caddy with its storage in a scratch folder instead of the home folder.
fn caddy(site: &Site) -> Result<Command, String> {
    let mut command = site.command("caddy")?;
    let home = site.scratch.join("caddy");
    command.env("HOME", &home).env("XDG_DATA_HOME", home.join("data")).env("XDG_CONFIG_HOME", home.join("config"));
    Ok(command)
}
