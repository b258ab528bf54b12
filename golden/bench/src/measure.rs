//! Runs and times what is compared: `hlmc` as whole processes, `cp -r`, and the writing of the same bytes.

use crate::lab::Lab;
use crate::watch::recheck;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Something that is timed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Task {
    /// `hlmc build` where there is no `out/`.
    BuildCold,
    /// The same with `--zip`.
    BuildColdZip,
    /// `hlmc build` where nothing has changed.
    BuildUnchanged,
    /// `hlmc check`.
    Check,
    /// The check of `hlmc check --watch` after a change of one file.
    Recheck,
    /// `cp -r` of the bundle.
    Copy,
    /// Writing the bundle's files from memory, with one thread.
    Write,
}

impl Task {
    /// In the order in which they run in each round.
    pub(crate) const ALL: [Self; 7] = [
        Self::BuildCold,
        Self::Copy,
        Self::BuildUnchanged,
        Self::Write,
        Self::BuildColdZip,
        Self::Check,
        Self::Recheck,
    ];

    /// Its name in the table and in `bench.json`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::BuildCold => "build-cold",
            Self::BuildColdZip => "build-cold-zip",
            Self::BuildUnchanged => "build-unchanged",
            Self::Check => "check",
            Self::Recheck => "check again",
            Self::Copy => "cp -r",
            Self::Write => "write",
        }
    }

    /// Whether `hlmc` does it, and not what it is compared with.
    pub(crate) const fn is_ours(self) -> bool {
        !matches!(self, Self::Copy | Self::Write)
    }

    /// Runs it once, in a folder that no run before has used, and returns the seconds.
    pub(crate) fn time(self, lab: &Lab, round: usize) -> io::Result<f64> {
        if self == Self::Recheck {
            return Ok(recheck(lab)?.0);
        }
        let fresh = lab.folder.join(format!("{}-{round}", self.name().replace(' ', "")));
        if self == Self::Write {
            let start = Instant::now();
            write(lab, &fresh)?;
            return Ok(start.elapsed().as_secs_f64());
        }
        let mut command = self.command(lab, &fresh);
        let start = Instant::now();
        let status = command.status()?;
        let seconds = start.elapsed().as_secs_f64();
        if status.success() { Ok(seconds) } else { Err(io::Error::other(format!("{command:?} ended with {status}"))) }
    }

    /// The most memory it took, in MiB.
    pub(crate) fn memory(self, lab: &Lab) -> io::Result<f64> {
        if self == Self::Recheck {
            return Ok(recheck(lab)?.1);
        }
        let fresh = lab.folder.join(format!("{}-memory", self.name()));
        let command = self.command(lab, &fresh);
        // Through a small process: a child counts from what its parent has in memory.
        let mut through = Command::new(std::env::current_exe()?);
        through.arg("--memory-of").arg(command.get_program()).args(command.get_args());
        let output = through.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let bytes: f64 = text.trim().parse().map_err(|_| io::Error::other(format!("{command:?} failed")))?;
        Ok(bytes / (1024.0 * 1024.0))
    }

    fn command(self, lab: &Lab, fresh: &Path) -> Command {
        if self == Self::Copy {
            let mut command = Command::new("cp");
            command.arg("-r").arg(&lab.bundle).arg(fresh);
            return command;
        }
        let mut command = Command::new(&lab.hlmc);
        command.stdin(Stdio::null()).arg(if self == Self::Check { "check" } else { "build" });
        command.arg("--lab").arg(&lab.manifests);
        match self {
            Self::BuildCold => command.arg("--out").arg(fresh),
            Self::BuildColdZip => command.arg("--out").arg(fresh).arg("--zip"),
            Self::BuildUnchanged => command.arg("--out").arg(&lab.bundle),
            Self::Check | Self::Recheck | Self::Copy | Self::Write => &mut command,
        };
        command
    }
}

fn write(lab: &Lab, fresh: &Path) -> io::Result<()> {
    fs::create_dir(fresh)?;
    for folder in &lab.folders {
        fs::create_dir(fresh.join(folder))?;
    }
    lab.files.iter().try_for_each(|(path, bytes): &(PathBuf, Vec<u8>)| fs::write(fresh.join(path), bytes))
}
