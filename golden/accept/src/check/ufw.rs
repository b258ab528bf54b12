//! ufw: each rule in a script runs with `--dry-run`, and what it hands on to iptables is read by that.

use std::os::unix::fs::MetadataExt as _;

use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::{Site, write};

/// Dry-runs each line that is a rule. Other commands are left out: `ufw --dry-run reset` changes the machine's own files
/// all the same.
pub(crate) fn dry_run(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let text = bundle.text(path)?;
    let mut refused = Vec::new();
    let mut seen = 0;
    for line in text.lines().map(str::trim).filter(|line| is_rule(line)) {
        seen += 1;
        // The shell takes the line apart, so quoting in it means what it will mean on the node.
        let script = format!("ufw() {{ {} \"$UFW\" --dry-run \"$@\"; }}\n{line}", as_root()?);
        let mut command = site.command("sh")?;
        command.env("UFW", &site.program("ufw")?.path);
        let ran = run(command.arg("-c").arg(script))?;
        if !ran.succeeded() {
            refused.push(format!("{line}\n{}", ran.report()));
        }
    }
    Ok(if seen == 0 {
        Verdict::Refused("no `ufw` rule in it".to_owned())
    } else if refused.is_empty() {
        Verdict::Accepted(None)
    } else {
        Verdict::Refused(refused.join("\n"))
    })
}

/// Has `iptables-restore` read the tables in a script, from a line like `*filter` to `COMMIT`, without loading them.
pub(crate) fn test_block(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let text = bundle.text(path)?;
    let mut tables = String::new();
    let mut inside = false;
    for line in text.lines() {
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
