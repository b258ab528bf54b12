//! What stops a command: wrong usage, or a file or folder that can't be read or written. Exit code 2.

use crate::disk::words;
use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

/// One sentence about what went wrong, and what would help.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    message: String,
    help: Option<String>,
    /// What the operating system has against it.
    kind: Option<io::ErrorKind>,
}

impl Failure {
    /// A failure with this message.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, kind: None }
    }

    /// "can't ACTION `PATH`: what the operating system says".
    pub(crate) fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        let message = format!("can't {action} `{}`: {}", path.display(), words(error));
        Self { kind: Some(error.kind()), ..Self::new(message) }
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what helps when something can't be written, and how things stand now; help that is there stays. `option`
    /// names another place.
    #[must_use]
    pub(crate) fn unwritten(self, option: &str, now: &str) -> Self {
        use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        let remedy = match self.kind {
            _ if self.help.is_some() => return self,
            Some(StorageFull | QuotaExceeded) => "make room there, or name a place on another disk",
            Some(ReadOnlyFilesystem) => "name a place that can be written",
            Some(PermissionDenied) => "run hlmc as a user who may do that, or name another place",
            _ => return self.help(now),
        };
        self.help(format!("{remedy} with `{option}`; {now}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// What is at the bottom of an error, in words.
pub(crate) fn innermost(error: &dyn Error) -> String {
    let mut bottom = error;
    while let Some(inner) = bottom.source() {
        bottom = inner;
    }
    words(bottom)
}
