//! The job files below a folder.

use std::path::Path;
use walkdir::WalkDir;

/// The paths of all files that may be job files, from the folder on, sorted.
pub(crate) fn job_files(folder: &Path) -> Result<Vec<String>, String> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| error.to_string())?;
        let path = entry.path().strip_prefix(folder).map_err(|error| error.to_string())?;
        let Some(path) = path.to_str() else { continue };
        let is_job = (path.ends_with(".nomad") || path.ends_with(".hcl")) && !path.ends_with(".vars.hcl");
        if entry.file_type().is_file() && is_job {
            files.push(path.to_owned());
        }
    }
    if files.is_empty() {
        return Err(format!("there is no job file in `{}`", folder.display()));
    }
    Ok(files)
}
