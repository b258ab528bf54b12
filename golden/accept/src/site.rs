//! Where a bundle is tried: the programs, a folder for scratch files, and the lab's agents.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cluster::{Cluster, TOKEN};
use crate::program::Program;
use crate::vault::Vault;

/// All that a check needs besides the bundle.
#[derive(Debug)]
pub(crate) struct Site {
    /// The programs that were found.
    pub(crate) programs: Vec<Program>,
    /// A folder that is removed at the end.
    pub(crate) scratch: PathBuf,
    /// The lab's agents.
    pub(crate) cluster: Cluster,
    /// A Vault, where the bundle has something for one.
    pub(crate) vault: Option<Vault>,
}

impl Site {
    /// A command that runs one of the programs.
    pub(crate) fn command(&self, program: &str) -> Result<Command, String> {
        self.program(program).map(Program::command)
    }

    /// One of the programs.
    pub(crate) fn program(&self, name: &str) -> Result<&Program, String> {
        Program::of(&self.programs, name)
    }

    /// A command of Nomad's that talks to the lab's agents.
    pub(crate) fn nomad(&self) -> Result<Command, String> {
        let mut command = self.command("nomad")?;
        // Without an agent the command finds nothing there, which is what it then reports.
        let address = self.cluster.nomad_address().unwrap_or_else(|| "http://127.0.0.1:9".to_owned());
        command.env("NOMAD_ADDR", address).env("NOMAD_TOKEN", TOKEN);
        Ok(command)
    }

    /// A command of Vault's that talks to the one that runs here.
    pub(crate) fn vault(&self) -> Result<Command, String> {
        let program = self.program("vault")?;
        Ok(self.vault.as_ref().map_or_else(|| program.command(), |vault| vault.command(program)))
    }
}

/// A folder for scratch files, removed with everything in it when dropped.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes a fresh folder under the system's folder for temporary files.
    pub(crate) fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("hlmc-accept-{}", std::process::id()));
        make_folder(&path)?;
        Ok(Self(path))
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing to do about a folder that can't be removed: it lies among temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), String> {
    std::fs::create_dir_all(path).map_err(|error| format!("cannot make `{}`: {error}", path.display()))
}

/// Writes a scratch file, making the folders above it.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    std::fs::write(path, content).map_err(|error| format!("cannot write `{}`: {error}", path.display()))
}
