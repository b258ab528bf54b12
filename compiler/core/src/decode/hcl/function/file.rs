//! Functions on paths and files. Only files of the lab can be read.

use super::arguments::{Arguments, Wrong};
use crate::nomad::form::ValueKind;
use crate::source::ReadError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;

type Done = Result<ValueKind, Wrong>;

/// As Go's `filepath.Base`.
pub(super) fn basename(arguments: &Arguments<'_>) -> Done {
    let path = arguments.text(0)?;
    let trimmed = path.trim_end_matches('/');
    let name = match (path.is_empty(), trimmed.rsplit('/').next()) {
        (true, _) => ".",
        (false, Some("")) | (false, None) => "/",
        (false, Some(name)) => name,
    };
    Ok(ValueKind::Str(name.to_owned()))
}

/// As Go's `filepath.Dir`.
pub(super) fn dirname(arguments: &Arguments<'_>) -> Done {
    let path = arguments.text(0)?;
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    Ok(ValueKind::Str(clean(folder)))
}

/// As Go's `filepath.Clean`.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// The path of an argument from the lab's folder.
fn path(arguments: &Arguments<'_>, at: usize) -> Result<String, Wrong> {
    let given = arguments.text(at)?;
    let path = clean(&format!("{}/{given}", arguments.folder));
    if given.starts_with(['/', '~']) || path == ".." || path.starts_with("../") {
        return Err(Wrong::new(at, format!("`{given}` leads out of the lab")));
    }
    Ok(path)
}

fn read(arguments: &Arguments<'_>, path: &str) -> Result<Vec<u8>, Wrong> {
    arguments.world.read(path).map_err(|error| {
        Wrong::new(
            0,
            match error {
                ReadError::NotFound => format!("there is no file `{path}` in the lab"),
                ReadError::OutsideLab => format!("`{path}` leads out of the lab"),
                ReadError::Unreadable(reason) => format!("`{path}` can't be read: {reason}"),
            },
        )
    })
}

/// The path of a file from the lab's folder, and its text.
pub(super) fn path_and_text(arguments: &Arguments<'_>) -> Result<(String, String), Wrong> {
    let path = path(arguments, 0)?;
    match String::from_utf8(read(arguments, &path)?) {
        Ok(text) => Ok((path, text)),
        Err(_) => Err(Wrong::new(0, "the file is no text: read it with `filebase64`")),
    }
}

pub(super) fn file(arguments: &Arguments<'_>) -> Done {
    Ok(ValueKind::Str(path_and_text(arguments)?.1))
}

pub(super) fn filebase64(arguments: &Arguments<'_>) -> Done {
    let path = path(arguments, 0)?;
    Ok(ValueKind::Str(STANDARD.encode(read(arguments, &path)?)))
}

pub(super) fn fileexists(arguments: &Arguments<'_>) -> Done {
    let path = path(arguments, 0)?;
    Ok(ValueKind::Bool(arguments.world.read(&path).is_ok()))
}

/// The files of the lab below a folder whose paths from there match a pattern.
pub(super) fn fileset(arguments: &Arguments<'_>) -> Done {
    let folder = path(arguments, 0)?;
    let pattern = arguments.text(1)?;
    let wrong = || Wrong::new(1, format!("`{pattern}` is no pattern"));
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build().map_err(|_| wrong())?.compile_matcher();
    let files = arguments.world.files();
    let below = files.iter().filter_map(|file| {
        let path = file.as_ref().ok()?;
        if folder == "." { Some(path.as_str()) } else { path.strip_prefix(&folder)?.strip_prefix('/') }
    });
    let mut found: Vec<String> = below.filter(|path| glob.is_match(path)).map(str::to_owned).collect();
    found.sort();
    Ok(arguments.strings(found))
}
