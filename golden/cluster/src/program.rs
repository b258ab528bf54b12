//! Runs of programs, and files, with errors in words.

use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a command to its end: its exit code, and all that it printed.
pub(crate) fn run(command: &mut Command) -> Result<(Option<i32>, String), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `{}`: {error}", command.get_program().display()))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok((output.status.code(), text))
}

/// Runs a command that has to succeed, and gives what it printed.
pub(crate) fn succeed(command: &mut Command) -> Result<String, String> {
    match run(command)? {
        (Some(0), text) => Ok(text),
        (code, text) => {
            let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
            let code = code.map_or("a signal".to_owned(), |code| code.to_string());
            let program = command.get_program().display();
            Err(format!("`{program} {}` ended with {code}:\n{}", words.join(" "), text.trim_end()))
        }
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| format!("cannot make `{}`: {error}", path.display()))
}

/// Writes a file, making the folders above it.
pub(crate) fn write(path: &Path, content: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    std::fs::write(path, content).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))
}
