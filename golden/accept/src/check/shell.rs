//! Shell scripts: parsed by the shell that their first line names, and read by ShellCheck.

use super::by_exit_code;
use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::Site;

/// Has ShellCheck read a script; its smallest complaint is a refusal.
pub(crate) fn check(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut command = site.command("shellcheck")?;
    let ran = run(command.args(["-S", "style"]).arg(bundle.root.join(path)))?;
    Ok(by_exit_code(&ran))
}

/// Has the script's own shell parse it.
pub(crate) fn parse(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let text = bundle.text(path)?;
    let first = text.lines().next().unwrap_or_default();
    let shell = match first.rsplit(['/', ' ']).next() {
        Some("sh") => "sh",
        Some("bash") => "bash",
        _ => return Ok(Verdict::Refused(format!("`{first}` names neither sh nor bash"))),
    };
    let ran = run(site.command(shell)?.arg("-n").arg(bundle.root.join(path)))?;
    Ok(by_exit_code(&ran))
}
