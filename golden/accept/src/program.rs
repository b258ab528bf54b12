//! The programs that read artifacts: where they are, which version, and one run of one of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// One program that was found.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The name it is called by.
    pub(crate) name: &'static str,
    /// The executable.
    pub(crate) path: PathBuf,
    /// Its version, for the table.
    pub(crate) version: String,
}

/// What a run of a program left: its exit code and all that it printed.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output and standard error, one after the other.
    pub(crate) output: String,
}

impl Ran {
    /// Whether it ended with exit code 0.
    pub(crate) fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// The output, with the exit code in front of it when it isn't 0.
    pub(crate) fn report(&self) -> String {
        let output = self.output.trim_end();
        match self.code {
            Some(0) => output.to_owned(),
            Some(code) => format!("(exit code {code})\n{output}"),
            None => format!("(ended by a signal)\n{output}"),
        }
    }
}

impl Program {
    /// Finds a program: the ones built from `consumers` there, the others where Debian puts them.
    pub(crate) fn find(name: &'static str, consumers: &Path) -> Result<Self, String> {
        let module = consumers.join(name).join("go.mod");
        let (path, version) = if module.exists() {
            (consumers.join("bin").join(name), module_version(&module)?)
        } else {
            let path = in_path(name)
                .ok_or_else(|| format!("`{name}` isn't installed; run `golden/consumers/install-debian.sh`"))?;
            let version = printed_version(name, &path);
            (path, version)
        };
        if !path.exists() {
            return Err(format!("`{}` isn't built; run `golden/consumers/build.sh`", path.display()));
        }
        Ok(Self { name, path, version })
    }

    /// One of the programs that were found.
    pub(crate) fn of<'a>(found: &'a [Self], name: &str) -> Result<&'a Self, String> {
        found.iter().find(|program| program.name == name).ok_or_else(|| format!("`{name}` was not looked for"))
    }

    /// A command that runs the program, in a plain locale, without input, and without the addresses and tokens that
    /// would lead it to a cluster of the person who runs this.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.env("LC_ALL", "C").env_remove("AWS_CA_BUNDLE").stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["NOMAD_", "CONSUL_", "VAULT_"].iter().any(|start| text.starts_with(start)) {
                command.env_remove(&name);
            }
        }
        command
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<Ran, String> {
    let output = command.output().map_err(|error| format!("cannot run {command:?}: {error}"))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Ran { code: output.status.code(), output: text })
}

/// The version that a consumer's module pins: the first requirement of its `go.mod`.
fn module_version(module: &Path) -> Result<String, String> {
    let text =
        std::fs::read_to_string(module).map_err(|error| format!("cannot read `{}`: {error}", module.display()))?;
    let tool = text
        .lines()
        .find_map(|line| line.strip_prefix("tool "))
        .ok_or_else(|| format!("`{}` has no `tool` line", module.display()))?;
    text.lines()
        .filter_map(|line| {
            let line = line.trim().trim_start_matches("require ");
            let (path, version) = line.split_once(' ')?;
            let below = tool.strip_prefix(path)?;
            (version.starts_with('v') && (below.is_empty() || below.starts_with('/'))).then(|| version.to_owned())
        })
        .next()
        .ok_or_else(|| format!("`{}` doesn't require `{tool}`", module.display()))
}

/// The version that a program prints about itself; empty when it prints none.
fn printed_version(name: &str, path: &Path) -> String {
    let asked = match name {
        "sh" | "bash" => return String::new(),
        "unzip" => "-v",
        _ => "--version",
    };
    let ran = run(Command::new(path).arg(asked).stdin(Stdio::null()));
    let output = ran.map(|ran| ran.output).unwrap_or_default();
    output
        .lines()
        .take(3)
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_matches(['(', ')', ',', 'v']))
        .find(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_default()
        .to_owned()
}

/// Looks a program up in `PATH`, and where a plain user's `PATH` doesn't lead.
fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
