//! One machine: namespaces and a folder that is its disk. `machine/boot.sh` says what it consists of.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{make_folder, read, run, succeed, write};

/// How long a machine may take to boot: the time of the daemons that were enabled is in it.
const BOOT_LIMIT: Duration = Duration::from_secs(60);

/// A machine, running or not.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Its name.
    pub(crate) name: String,
    /// The folder that is its disk.
    pub(crate) disk: PathBuf,
}

impl Machine {
    /// A machine with its disk in a folder.
    pub(crate) fn new(name: &str, folder: &Path) -> Self {
        Self { name: name.to_owned(), disk: folder.join(name) }
    }

    /// Plugs something in: a file that the machine sees in `/media`.
    pub(crate) fn plug_in(&self, name: &str, content: &str) -> Result<(), String> {
        write(&self.disk.join("own/media").join(name), content)
    }

    /// Switches it on. It goes on booting once it has a network.
    pub(crate) fn switch_on(&self, repository: &Path) -> Result<(), String> {
        make_folder(&self.disk)?;
        let _ = std::fs::remove_file(self.disk.join("pid"));
        let log = self.disk.join("boot.log");
        let unwritable = |error| format!("cannot write `{}`: {error}", log.display());
        let out = std::fs::File::create(&log).map_err(unwritable)?;
        let errors = out.try_clone().map_err(unwritable)?;
        let mut command = Command::new("sh");
        command.arg(repository.join("golden/cluster/machine/start.sh")).arg(&self.name).arg(&self.disk);
        command.arg(repository.join("golden/consumers/bin"));
        command.env_clear().env("PATH", PATH).env("LC_ALL", "C").env("HOME", "/root").current_dir("/");
        // It has to outlive whoever stops this program with a signal to its process group.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::from(out)).stderr(Stdio::from(errors));
        let mut child = command.spawn().map_err(|error| format!("cannot run `sh`: {error}"))?;
        std::thread::spawn(move || child.wait());
        self.wait("has no process", || self.pid().is_ok())
    }

    /// Waits until it has booted.
    pub(crate) fn wait_until_booted(&self) -> Result<(), String> {
        self.wait("doesn't boot", || self.disk.join("own/media/booted").exists())
    }

    fn wait(&self, what: &str, holds: impl Fn() -> bool) -> Result<(), String> {
        let started = Instant::now();
        while !holds() {
            if started.elapsed() > BOOT_LIMIT {
                let log = read(&self.disk.join("boot.log")).unwrap_or_default();
                return Err(format!("machine `{}` {what}:\n{log}", self.name));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Its first process, as this computer numbers it.
    pub(crate) fn pid(&self) -> Result<u32, String> {
        let text = read(&self.disk.join("pid"))?;
        text.trim().parse().map_err(|_| format!("machine `{}` isn't on", self.name))
    }

    /// Whether its first process runs: a number may have passed on to another process, which isn't in `boot.sh`'s namespaces.
    pub(crate) fn is_on(&self) -> bool {
        let Ok(pid) = self.pid() else { return false };
        let space = |of: &str| std::fs::read_link(format!("/proc/{of}/ns/pid")).ok();
        space(&pid.to_string()).is_some_and(|own| Some(own) != space("self"))
    }

    /// Cuts its power: all of its processes are killed at once.
    pub(crate) fn cut_power(&self) -> Result<(), String> {
        if self.is_on() {
            let pid = self.pid()?.to_string();
            succeed(Command::new("kill").args(["-9", &pid]))?;
            let gone = || !Path::new("/proc").join(&pid).exists();
            self.wait("can't be switched off", gone)?;
        }
        Ok(())
    }

    /// A command that runs on it as root.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        let pid = self.pid().map_or_else(|_| "0".to_owned(), |pid| pid.to_string());
        command.args(["--target", &pid, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--", program]);
        command.env_clear().env("PATH", PATH).env("LC_ALL", "C").env("HOME", "/root").env("NOMAD_CLI_SHOW_HINTS", "0");
        command
    }

    /// Runs a script on it, in root's folder, that has to succeed, and gives what it printed.
    pub(crate) fn shell(&self, script: &str) -> Result<String, String> {
        let failed = |error| format!("on `{}`: {error}", self.name);
        succeed(self.command("sh").args(["-c", &format!("cd\n{script}")])).map_err(failed)
    }

    /// Runs a script on it, in root's folder,: its exit code, and what it printed.
    pub(crate) fn try_shell(&self, script: &str) -> Result<(Option<i32>, String), String> {
        run(self.command("sh").args(["-c", &format!("cd\n{script}")]))
    }
}

/// Where a machine's programs are.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
