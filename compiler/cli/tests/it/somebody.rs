//! Another user than the one who runs the tests, where there can be one.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use walkdir::WalkDir;

/// The user and group that own nothing.
const NOBODY: u32 = 65534;

/// Another user, with a copy of `hlmc` that is within reach.
pub(crate) struct Somebody {
    program: TempDir,
}

impl Somebody {
    /// Only root can run a program as somebody else.
    pub(crate) fn find() -> Option<Self> {
        if !rustix::process::geteuid().is_root() {
            println!("skipped: only root can run hlmc as another user");
            return None;
        }
        let somebody = Self { program: open_to_all() };
        // Not by this process: a program that is open for writing, here or in a fork, can't be run.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_hlmc")).arg(somebody.program.path()).status();
        assert!(copied.unwrap().success());
        Some(somebody)
    }

    /// A folder that everybody can enter.
    #[expect(clippy::unused_self, reason = "a folder of somebody's is of use only where there is somebody")]
    pub(crate) fn home(&self) -> TempDir {
        open_to_all()
    }

    /// Gives a folder away, with all that is in it.
    #[expect(clippy::unused_self, reason = "only root can give something away, and finds somebody")]
    pub(crate) fn owns(&self, folder: &Path) {
        for entry in WalkDir::new(folder).into_iter().map(Result::unwrap) {
            chown(entry.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }

    /// `hlmc` as that user.
    pub(crate) fn command(&self, args: &[&str], folder: &Path) -> Command {
        let mut command = Command::new(self.program.path().join("hlmc"));
        command.args(args).current_dir(folder).stdin(Stdio::null()).env("NO_COLOR", "1");
        command.uid(NOBODY).gid(NOBODY);
        command
    }
}

fn open_to_all() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    folder
}
