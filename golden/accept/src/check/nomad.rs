//! Nomad: specs and jobs go to a running agent, agent configuration to `config validate`.

use std::process::Command;

use super::{by_exit_code, by_exit_code_and_warnings};
use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Creates a node pool.
pub(crate) fn apply_node_pool(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    ask(site.nomad()?.args(["node", "pool", "apply"]), bundle, path)
}

/// Creates a namespace.
pub(crate) fn apply_namespace(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    ask(site.nomad()?.args(["namespace", "apply"]), bundle, path)
}

/// Has the agents take a policy.
pub(crate) fn apply_policy(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    ask(site.nomad()?.args(["acl", "policy", "apply", "of-the-lab"]), bundle, path)
}

/// Has the agent validate a job.
pub(crate) fn validate_job(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let ran = run(site.nomad()?.args(["job", "validate"]).arg(bundle.root.join(path)))?;
    Ok(if !ran.succeeded() {
        Verdict::Refused(ran.report())
    } else if ran.output.contains("Warnings:") {
        Verdict::Warned(ran.report())
    } else {
        Verdict::Accepted(None)
    })
}

/// Reasons not to place an allocation that come from this machine, and not from the lab: its architecture, its kernel,
/// its devices and network plugins, and the storage and secrets that no agent here is connected to.
const EXCUSES: [&str; 6] = ["cpu.arch", "kernel.", "missing devices", "plugins.cni", "CSI", "vault.version"];

/// Has the agents plan a job. Exit code 1 says that the job would change something, which a new job always does.
///
/// The agents have the lab's datacenter, pools, classes and volumes, and more room than it has, so every allocation must
/// find a place unless the machine stands in the way.
pub(crate) fn plan_job(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let ran = run(site.nomad()?.args(["job", "plan", "-no-color"]).arg(bundle.root.join(path)))?;
    if !matches!(ran.code, Some(0 | 1)) {
        return Ok(Verdict::Refused(ran.report()));
    }
    if ran.output.contains("All tasks successfully allocated") {
        return Ok(Verdict::Accepted(None));
    }
    // Below the scheduler's part, after an empty line, come warnings about the job: `job validate` has those.
    let scheduler = ran.output.split_once("Scheduler dry-run:").map_or("", |(_, after)| after);
    let scheduler = scheduler.split("\n\n").next().unwrap_or_default();
    let reasons: Vec<&str> = scheduler.lines().filter_map(|line| line.trim().strip_prefix("* ")).collect();
    let excused = |reason: &&str| EXCUSES.iter().any(|excuse| reason.contains(excuse));
    Ok(if reasons.iter().any(excused) {
        Verdict::Accepted(Some(format!("not placed on this machine: {}", reasons.join("; "))))
    } else {
        Verdict::Refused(ran.report())
    })
}

/// Looks whether the agent of a node started with its configuration and joined the others.
pub(crate) fn join(site: &Site, _: &Bundle, folder: &str) -> Result<Verdict, String> {
    Ok(super::joined(site, "nomad", folder))
}

/// Validates all of an agent's configuration files together.
pub(crate) fn validate_config(site: &Site, bundle: &Bundle, folder: &str) -> Result<Verdict, String> {
    let mut command = site.command("nomad")?;
    command.args(["config", "validate"]);
    let ran = run(command.arg(bundle.root.join(folder)))?;
    Ok(by_exit_code_and_warnings(&ran, "WARNING"))
}

/// Checks that a file is written the way `nomad fmt` writes it.
pub(crate) fn check_format(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut command = site.command("nomad")?;
    command.args(["fmt", "-check"]);
    ask(&mut command, bundle, path)
}

fn ask(command: &mut Command, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    run(command.arg(bundle.root.join(path))).map(|ran| by_exit_code(&ran))
}
