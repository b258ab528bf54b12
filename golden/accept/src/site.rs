//! Where a bundle is tried: the programs, a folder for scratch files, and a Nomad agent.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::nomad_agent::NomadAgent;
use crate::program::Program;

/// All that a check needs besides the bundle.
#[derive(Debug)]
pub(crate) struct Site {
    /// The programs that were found.
    pub(crate) programs: Vec<Program>,
    /// A folder that is removed at the end.
    pub(crate) scratch: PathBuf,
    /// The agent that validates and plans; only bundles with something for it have one.
    pub(crate) agent: Option<NomadAgent>,
}

impl Site {
    /// A command that runs one of the programs.
    pub(crate) fn command(&self, program: &str) -> Result<Command, String> {
        self.program(program).map(Program::command)
    }

    /// One of the programs.
    pub(crate) fn program(&self, name: &str) -> Result<&Program, String> {
        self.programs.iter().find(|program| program.name == name).ok_or_else(|| format!("`{name}` was not looked for"))
    }

    /// A command of Nomad's that talks to the agent.
    pub(crate) fn nomad(&self) -> Result<Command, String> {
        let agent = self.agent.as_ref().ok_or("no Nomad agent runs")?;
        let mut command = self.command("nomad")?;
        command.env("NOMAD_ADDR", agent.address());
        Ok(command)
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
