//! One agent's process and its log.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How many lines of a log are worth showing.
const SHOWN_LINES: usize = 30;

/// A process that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Agent {
    child: Child,
    log: PathBuf,
}

impl Agent {
    /// Starts a command, with all that it prints going to a file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Result<Self, String> {
        let unwritable = |error| format!("cannot write `{}`: {error}", log.display());
        let file = std::fs::File::create(log).map_err(unwritable)?;
        let errors = file.try_clone().map_err(unwritable)?;
        let child = command
            .stdout(Stdio::from(file))
            .stderr(Stdio::from(errors))
            .spawn()
            .map_err(|error| format!("cannot run {command:?}: {error}"))?;
        Ok(Self { child, log: log.to_owned() })
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The end of its log.
    pub(crate) fn log_end(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // It runs no jobs, and its data lie in a scratch folder, so it needs no orderly end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
