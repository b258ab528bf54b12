//! Units of systemd, loaded by systemd itself: it tells what it took from each.

use super::readers::{Read, Readers, said};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

/// What systemd takes from all units of the node that a unit belongs to.
pub(super) fn read(readers: &mut Readers, bundle: &BTreeMap<String, String>, path: &str) -> Read {
    let folder = &path[..path.find("/systemd/system/").unwrap() + "/systemd/system/".len()];
    let files: Vec<(&str, &str)> =
        bundle.iter().filter_map(|(path, text)| Some((path.strip_prefix(folder)?, text.as_str()))).collect();
    readers.units(&serde_json::to_string(&files).unwrap())
}

/// What systemd takes from units, given as pairs of a path and a text.
pub(super) fn load(folder: &std::path::Path, files: &str) -> Read {
    let files: Vec<(String, String)> = serde_json::from_str(files).unwrap();
    let folder = folder.join("units");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut names = Vec::new();
    for (path, text) in &files {
        let (unit, file) = path.split_once('/').map_or((path.as_str(), None), |(unit, file)| (unit, Some(file)));
        let name = unit.strip_suffix(".d").filter(|_| file.is_some()).unwrap_or(unit).to_owned();
        if let Some(file) = file {
            std::fs::create_dir_all(folder.join(unit)).unwrap();
            std::fs::write(folder.join(unit).join(file), text).unwrap();
            std::fs::write(folder.join(&name), "[Service]\nExecStart=/bin/true\n").unwrap();
        } else {
            std::fs::write(folder.join(unit), text).map_err(|error| format!("{unit}: {error}"))?;
        }
        names.push(name);
    }
    // One unit that takes all the others along.
    let wants: String = names.iter().map(|name| format!("Wants={}\n", name.replace('%', "%%"))).collect();
    std::fs::write(folder.join("all.target"), format!("[Unit]\n{wants}")).unwrap();
    let dump = said(&mut systemd(&folder))?;
    // The names of mounts are made of their paths, which they tell.
    let mut all = BTreeMap::new();
    for name in &names {
        let shown = if name.ends_with(".mount") { "mount" } else { name };
        all.entry(shown).or_insert_with(Vec::new).push(told(&dump, name));
    }
    Ok(json!(all))
}

/// systemd as a manager of a user that loads units, tells what they are and ends. It doesn't do so for root.
fn systemd(folder: &std::path::Path) -> Command {
    let me = std::fs::metadata("/proc/self").map(|it| std::os::unix::fs::MetadataExt::uid(&it)).unwrap_or(0);
    let mut command = if me == 0 { Command::new("/usr/bin/setpriv") } else { Command::new("/usr/bin/env") };
    if me == 0 {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    }
    command.args(["/lib/systemd/systemd", "--test", "--user", "--unit=all.target"]);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", "/").env("SYSTEMD_LOG_TARGET", "null");
    command.env("XDG_RUNTIME_DIR", "/tmp").env("SYSTEMD_UNIT_PATH", folder);
    command
}

/// What it tells of one unit that stands in a file: not what follows from that, nor when and where it was read.
fn told(dump: &str, name: &str) -> Json {
    const TOLD: [&str; 8] = [
        "Description:",
        "Unit Load State:",
        "Where:",
        "What:",
        "File System Type:",
        "Options:",
        "Restart:",
        "RestartUSec:",
    ];
    let start = format!("-> Unit {name}:");
    let lines = dump.lines().skip_while(|line| line.trim_start() != start).skip(1);
    let lines = lines.take_while(|line| !line.trim_start().starts_with("-> "));
    let lines = lines.map(str::trim).filter(|line| !line.contains("all.target"));
    let lines = lines.filter(|line| line.contains("(origin-file)") || TOLD.iter().any(|told| line.starts_with(told)));
    // It tells them in any order.
    let mut lines: Vec<&str> = lines.collect();
    lines.sort_unstable();
    Json::from(lines.into_iter().map(Json::from).collect::<Vec<_>>())
}
