//! Shell scripts, read by the shell itself: the words that each command of them gets.

use super::readers::Read;
use serde_json::{Value as Json, json};
use std::process::{Command, Stdio};

/// Prints how many arguments there are, and each of them, with a NUL behind each; and `cat`, without a program.
const ROW: &str = "row() { printf '%s\\0' \"$#\" \"$@\"; }
cat() { while IFS= read -r line; do printf '%s\\n' \"$line\"; done; }
";

/// The commands by which an `install.sh` says what there is on its machine.
const INSTALL: [&str; 6] = ["account", "file", "folder", "mount_unit", "program", "unit"];

/// What a script says, and what in it is the same in every bundle.
pub(super) fn read(what: &str, text: &str) -> Read {
    let missing = || format!("not the script that was expected:\n{text}");
    let (run, same) = match what {
        "install" => {
            let (data, same) = text.split_once("\n# ---- The same on every machine").ok_or_else(missing)?;
            (install(data), same.to_owned())
        }
        "deploy" => {
            let (data, same) = text.split_once("\nusage() {").ok_or_else(missing)?;
            (deploy(data), same.to_owned())
        }
        "ufw" => {
            let (rules, same) = text.split_once("\nwork=$(mktemp -d)").ok_or_else(missing)?;
            (format!("{ROW}{rules}\nrow \"$(rules)\"\nrow \"$(block)\"\n"), same.to_owned())
        }
        _ => panic!("unknown script {what}"),
    };
    shell("-n", text)?;
    let words = shell("-c", &run)?;
    let mut words = rows(&words)?;
    if what == "ufw" {
        let lines =
            |row: &Json| Json::from(row[0].as_str().unwrap_or_default().lines().map(Json::from).collect::<Vec<_>>());
        words = words.as_array().into_iter().flatten().map(lines).collect();
    }
    Ok(json!({ "words": words, "same": same }))
}

/// The settings and functions of a part of a script.
fn defined(data: &str) -> (Vec<&str>, Vec<&str>) {
    let is_name = |name: &&str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let settings = data.lines().filter_map(|line| Some(line.split_once('=')?.0)).filter(is_name);
    let functions = data.lines().filter_map(|line| line.strip_suffix("() {")).filter(is_name);
    (settings.collect(), functions.collect())
}

fn install(data: &str) -> String {
    let (settings, functions) = defined(data);
    let mut run = format!("{ROW}{data}\n");
    for command in INSTALL {
        run.push_str(&format!("{command}() {{ row {command} \"$@\"; }}\n"));
    }
    settings.iter().for_each(|name| run.push_str(&format!("row {name} \"${name}\"\n")));
    functions.iter().for_each(|name| run.push_str(&format!("row {name}\n{name}\n")));
    run
}

fn deploy(data: &str) -> String {
    let (settings, functions) = defined(data);
    let mut run = format!("{ROW}{data}\n");
    settings.iter().for_each(|name| run.push_str(&format!("row {name} \"${name}\"\n")));
    functions.iter().for_each(|name| run.push_str(&format!("row {name}\n{name} row\n")));
    run
}

/// Has a shell read a text that is no argument: those end at a size that a text may well have.
fn shell(how: &str, text: &str) -> Result<Vec<u8>, String> {
    let mut command = Command::new("/bin/sh");
    if how == "-n" {
        command.arg("-n");
    }
    let mut child = command
        .env_clear()
        .env("PATH", "/nowhere")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || std::io::Write::write_all(&mut input, text.as_bytes()));
        child.wait_with_output().unwrap()
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    // `[ -f … ]` and the like are the shell's own; a program that isn't there was never meant to be run.
    match output.status.success() && errors.is_empty() {
        true => Ok(output.stdout),
        false => Err(errors.into_owned()),
    }
}

/// The rows that a script printed.
fn rows(printed: &[u8]) -> Result<Json, String> {
    let text = std::str::from_utf8(printed).map_err(|error| error.to_string())?;
    let mut words = text.split('\0');
    let mut rows = Vec::new();
    while let Some(count) = words.next().filter(|count| !count.is_empty()) {
        let count: usize = count.parse().map_err(|_| format!("not a row: {count:?}"))?;
        rows.push(Json::from(words.by_ref().take(count).map(Json::from).collect::<Vec<_>>()));
    }
    Ok(Json::from(rows))
}
