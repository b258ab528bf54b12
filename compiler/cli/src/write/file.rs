//! One file in place of another.

use std::ffi::OsString;
use std::path::Path;
use std::{fs, io};

/// Puts a text in the place of a file in one step; through a symlink, and with the mode that the file has. There may be none yet.
pub(crate) fn replace_file(path: &Path, text: &str) -> io::Result<()> {
    let target = match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        target => target?,
    };
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(".hlmc-new");
    let partial = target.with_file_name(name);
    let done = fs::write(&partial, text)
        .and_then(|()| match fs::metadata(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            metadata => fs::set_permissions(&partial, metadata?.permissions()),
        })
        .and_then(|()| fs::rename(&partial, &target));
    if done.is_err() {
        let _ = fs::remove_file(&partial);
    }
    done
}
