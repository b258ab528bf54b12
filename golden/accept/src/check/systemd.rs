//! systemd: units and drop-ins go to `systemd-analyze verify`.

use std::path::Path;

use crate::bundle::Bundle;
use crate::program::run;
use crate::rule::Verdict;
use crate::site::{Site, write};

/// Verifies a unit, or the unit that a drop-in belongs to, among all units of the same node.
pub(crate) fn verify(site: &Site, bundle: &Bundle, path: &str) -> Result<Verdict, String> {
    let (folder, unit) = split(path).ok_or_else(|| format!("`{path}` is no unit"))?;
    let units = site.scratch.join("units");
    // A folder left by another node or bundle must not lend its units.
    let _ = std::fs::remove_dir_all(&units);
    for file in &bundle.files {
        if let Some(relative) = file.strip_prefix(folder) {
            write(&units.join(relative), bundle.text(file)?.as_bytes())?;
        }
    }
    write_stub(&units, unit)?;
    let mut command = site.command("systemd-analyze")?;
    let ran = run(command
        .args(["verify", "--man=no", "--recursive-errors=one"])
        .arg(units.join(unit))
        .env("SYSTEMD_UNIT_PATH", format!("{}:", units.display())))?;
    // The programs that a unit starts are installed on the lab's nodes, not here.
    let complaints: Vec<&str> =
        ran.output.lines().filter(|line| !line.ends_with("is not executable: No such file or directory")).collect();
    let silent = ran.output.trim().is_empty();
    Ok(if complaints.is_empty() && (ran.succeeded() || !silent) {
        Verdict::Accepted(None)
    } else {
        Verdict::Refused(ran.report())
    })
}

/// Splits a path into the folder of units, with its closing slash, and the name of the unit.
fn split(path: &str) -> Option<(&str, &str)> {
    let folder = "/etc/systemd/system/";
    let (folder, inside) = path.split_at(path.find(folder)? + folder.len());
    match inside.split_once('/') {
        None => Some((folder, inside)),
        Some((unit, _)) => Some((folder, unit.strip_suffix(".d")?)),
    }
}

/// Stands in for a unit that comes from a package, so that its drop-in has something to drop into.
fn write_stub(units: &Path, unit: &str) -> Result<(), String> {
    let file = units.join(unit);
    if file.exists() {
        return Ok(());
    }
    let stub: &[u8] = if unit.ends_with(".service") { b"[Service]\nExecStart=/bin/true\n" } else { b"[Unit]\n" };
    write(&file, stub)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_drop_in_belongs_to_the_unit_of_its_folder() {
        let folder = "nodes/nas/etc/systemd/system/";
        assert_eq!(split("nodes/nas/etc/systemd/system/bulk.mount"), Some((folder, "bulk.mount")));
        assert_eq!(split("nodes/nas/etc/systemd/system/nomad.service.d/10-hlmc.conf"), Some((folder, "nomad.service")));
        assert_eq!(split("nodes/nas/etc/systemd/system/wants/x.service"), None);
    }
}
