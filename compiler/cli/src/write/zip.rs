//! The bundle as one zip: the same bytes for the same bundle, at any time and on any machine.
//!
//! Names are sorted, every time is the first that a zip knows, and the compressor is the portable one: faster ones
//! choose by the processor and would give other bytes elsewhere.

use super::compare::{open, same_bytes};
use super::lock::is_at;
use crate::failure::Failure;
use ::zip::result::ZipResult;
use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};
use hlmc_core::bundle::{Artifact, Bundle};
use rayon::prelude::*;
use rustix::fs::OFlags;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Cursor, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// As many artifacts are compressed as one piece of work.
const TOGETHER: usize = 64;

/// Refuses to write over anything but a zip.
///
/// # Errors
/// When something else is there.
pub(super) fn refuse_others(file: &Path) -> Result<(), Failure> {
    let Ok(there) = fs::symlink_metadata(file) else { return Ok(()) };
    let mut start = [0; 2];
    let is_zip =
        there.is_file() && open(file).and_then(|mut file| file.read_exact(&mut start)).is_ok() && start == *b"PK";
    if is_zip {
        return Ok(());
    }
    Err(Failure::new(format!("`{}` is there and isn't a zip", file.display()))
        .help("name another file with `--zip`, or remove it"))
}

/// Refuses a zip in a folder that isn't there.
///
/// # Errors
/// When it isn't.
pub(super) fn refuse_nowhere(file: &Path) -> Result<(), Failure> {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match fs::metadata(parent) {
        Ok(there) if there.is_dir() => Ok(()),
        Ok(_) => Err(Failure::io("write", file, &io::ErrorKind::NotADirectory.into())),
        Err(error) => Err(Failure::io("write", file, &error)),
    }
}

/// Writes the bundle as one zip, unless it is there already; `true` when it was written.
///
/// # Errors
/// When the file can't be written; it is as it was before.
pub(super) fn write_zip(bundle: &Bundle, file: &Path) -> Result<bool, Failure> {
    let Some(name) = file.file_name() else {
        return Err(Failure::new(format!("`{}` names no file", file.display())));
    };
    let bytes = archive(bundle)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".hlmc-new");
    let partial = file.with_file_name(hidden);
    let failure = |error: io::Error| Failure::io("write", file, &error);
    let same = open(file).and_then(|there| same_bytes(&there, &bytes)).unwrap_or(false);
    if same && fs::symlink_metadata(&partial).is_err() {
        return Ok(false);
    }
    let mut next = alone(&partial).map_err(failure)?;
    let done = if same {
        fs::remove_file(&partial) // a run that was killed has left it
    } else {
        next.set_len(0).and_then(|()| next.write_all(&bytes)).and_then(|()| fs::rename(&partial, file))
    };
    done.map_err(|error| {
        let _ = fs::remove_file(&partial);
        failure(error)
    })?;
    Ok(!same)
}

/// Opens the file that becomes the zip, when no other run writes it. Like the folder's, the lock ends with the process.
fn alone(partial: &Path) -> io::Result<File> {
    let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or(0);
    loop {
        let file = File::options().write(true).create(true).truncate(false).custom_flags(nofollow).open(partial)?;
        let _ = file.lock(); // a file system without locks: go on without
        if is_at(&file, partial)? {
            return Ok(file);
        }
    }
}

/// The bytes of the zip.
///
/// # Errors
/// When it can't be made.
pub(super) fn archive(bundle: &Bundle) -> Result<Vec<u8>, Failure> {
    merge(bundle).map_err(|error| Failure::new(format!("can't make the zip: {error}")))
}

fn merge(bundle: &Bundle) -> ZipResult<Vec<u8>> {
    let parts: ZipResult<Vec<Cursor<Vec<u8>>>> = bundle.artifacts.par_chunks(TOGETHER).map(compress).collect();
    let parts = parts?;
    let size = parts.iter().map(|part| part.get_ref().len()).sum();
    let mut whole = ZipWriter::new(Cursor::new(Vec::with_capacity(size)));
    for part in parts {
        whole.merge_archive(ZipArchive::new(part)?)?;
    }
    Ok(whole.finish()?.into_inner())
}

fn compress(artifacts: &[Artifact]) -> ZipResult<Cursor<Vec<u8>>> {
    let mut part = ZipWriter::new(Cursor::new(Vec::new()));
    for artifact in artifacts {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(1))
            .last_modified_time(DateTime::default())
            .unix_permissions(artifact.mode());
        part.start_file(artifact.path.as_str(), options)?;
        part.write_all(&artifact.bytes)?;
    }
    part.finish()
}
