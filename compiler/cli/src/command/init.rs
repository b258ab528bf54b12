//! `hlmc init`: a small lab to start with.

use super::Outcome;
use crate::args::InitArgs;
use crate::failure::Failure;
use crate::terminal;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

/// The files of the new lab.
const FILES: [(&str, &str); 3] = [
    ("lab.kdl", include_str!("init/lab.kdl")),
    ("nodes/server.kdl", include_str!("init/server.kdl")),
    ("services/whoami/service.kdl", include_str!("init/whoami.kdl")),
];

pub(crate) fn init(args: &InitArgs) -> Result<Outcome, Failure> {
    for (path, _) in FILES {
        let file = args.folder.join(path);
        if fs::symlink_metadata(&file).is_ok() {
            return Err(Failure::new(format!("`{}` is already there, and nothing was written", file.display()))
                .help("name a new folder: `hlmc init DIR`"));
        }
    }
    for (path, text) in FILES {
        let file = args.folder.join(path);
        write(&file, text).map_err(|error| Failure::io("write", &file, &error))?;
        terminal::mention(&format!("wrote {}", file.display()));
    }
    terminal::mention("next: put your own address into nodes/server.kdl, then run `hlmc build`");
    Ok(Outcome::Done)
}

fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(file)?.write_all(text.as_bytes())
}
