//! ufw: what a script says it would do is tried, each rule with `ufw --dry-run`, and what it hands on to iptables by that.
//!
//! The script runs with `--dry-run` beside a `ufw` that knows of no rule yet, so what it says is all that it wants.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::{Site, write};

/// The `ufw` that the script asks what is there.
const NOTHING_YET: &str = "#!/bin/sh\n[ \"$1\" != status ] || echo 'Status: inactive'\n";

/// Dry-runs each line that is a rule, of what the script says and of the script itself. Other commands are left out:
/// `ufw --dry-run reset` changes the machine's own files all the same.
pub(crate) fn dry_run(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let (text, said) = (bundle.text(path)?, said(site, bundle, path)?);
    let mut refused = Vec::new();
    let mut allowed = 0;
    for line in text.lines().chain(said.lines()).map(str::trim).filter(|line| is_rule(line)) {
        allowed += usize::from(line.starts_with("ufw allow "));
        // The shell takes the line apart, so quoting in it means what it will mean on the node.
        let script = format!("ufw() {{ {} \"$UFW\" --dry-run \"$@\"; }}\n{line}", as_root()?);
        let mut command = site.command("sh")?;
        command.env("UFW", &site.program("ufw")?.path);
        let ran = run(command.arg("-c").arg(script))?;
        if !ran.succeeded() {
            refused.push(format!("{line}\n{}", ran.report()));
        }
    }
    Ok(if allowed == 0 {
        Verdict::Refused("it allows nothing".to_owned())
    } else if refused.is_empty() {
        Verdict::Accepted(None)
    } else {
        Verdict::Refused(refused.join("\n"))
    })
}

/// Has `iptables-restore` read the tables that a script would add, from a line like `*filter` to `COMMIT`, without loading
/// them.
pub(crate) fn test_block(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let mut tables = String::new();
    let mut inside = false;
    for line in said(site, bundle, path)?.lines() {
        inside |= is_table(line);
        if inside {
            tables.push_str(line);
            tables.push('\n');
        }
        inside &= line != "COMMIT";
    }
    let file = site.scratch.join("tables");
    write(&file, tables.as_bytes())?;
    let script = format!("{} \"$RESTORE\" --test < \"$TABLES\"", as_root()?);
    let mut command = site.command("sh")?;
    command.env("RESTORE", &site.program("iptables-restore")?.path).env("TABLES", &file);
    Ok(super::by_exit_code(&run(command.arg("-c").arg(script))?))
}

/// The lines that a script says it would add: to ufw's rules, and to what ufw hands on.
fn said(site: &Site, bundle: &Bundle, path: &str) -> Result<String, String> {
    let stand_in = site.scratch.join("stand-in/ufw");
    write(&stand_in, NOTHING_YET.as_bytes())?;
    std::fs::set_permissions(&stand_in, std::fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("cannot make `{}` a program: {error}", stand_in.display()))?;
    let mut search = site.scratch.join("stand-in").into_os_string();
    search.push(":");
    search.push(std::env::var_os("PATH").unwrap_or_default());
    let mut command = site.command("sh")?;
    let ran = run(command.env("PATH", search).arg(bundle.root.join(path)).arg("--dry-run"))?;
    if !ran.succeeded() {
        return Err(format!("`{path} --dry-run` failed: {}", ran.report()));
    }
    Ok(ran.output.lines().filter_map(|line| line.strip_prefix("+ ")).map(|line| format!("{line}\n")).collect())
}

/// Whether a line opens a table, unlike the `*)` of a shell's `case`.
fn is_table(line: &str) -> bool {
    line.strip_prefix('*').is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()))
}

/// Whether a line adds a rule or sets a default.
fn is_rule(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next() == Some("ufw")
        && matches!(words.next(), Some("allow" | "deny" | "reject" | "limit" | "route" | "default"))
}

/// What to put in front of a command that only root may run.
fn as_root() -> Result<&'static str, String> {
    let owner = std::fs::metadata("/proc/self").map_err(|error| format!("cannot tell who runs this: {error}"))?;
    Ok(if owner.uid() == 0 { "" } else { "sudo -n" })
}

#[cfg(test)]
mod tests {
    use super::is_rule;

    #[test]
    fn only_commands_about_rules_are_run() {
        assert!(is_rule("ufw allow 53/udp"));
        assert!(is_rule("ufw default deny incoming"));
        assert!(!is_rule("ufw --force reset"));
        assert!(!is_rule("ufw reload"));
        assert!(!is_rule("ufw show added | sort > \"$work/present\""));
        assert!(!is_rule("ufwx allow 53"));
    }
}
