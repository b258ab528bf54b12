//! The command line as it is typed; what it means stands in [`settings`](crate::settings).

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const AFTER_HELP: &str = "\
Exit codes:
  0  done; warnings don't fail
  1  the lab has errors (`build --verify`: a file differs; `fmt --check`: a file isn't formatted;
     `fmt`: a file has syntax errors; `import`: what is read has errors;
     `import --check`: something comes out different; `lock --check`: the lock is out of date;
     `secrets missing`: a secret isn't in its store)
  2  wrong usage, a file or folder couldn't be read or written, or a registry or store not be asked

Environment:
  NO_COLOR        no colours
  CLICOLOR_FORCE  colours even where no terminal is";

/// Compiles the manifests of a homelab into everything that it runs on.
#[derive(Debug, Parser)]
#[command(name = "hlmc", version, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the lab and write its bundle
    Build(BuildArgs),
    /// Check the lab and write nothing
    Check(CheckArgs),
    /// Print what of the lab can be reached from where, and with which login
    Audit(AuditArgs),
    /// Write a small lab to start with; files that exist are left alone
    Init(InitArgs),
    /// Print what a diagnostic means; without a code, list them all
    Explain(ExplainArgs),
    /// Lay manifests out in the usual way; comments stay
    Fmt(FmtArgs),
    /// Say what is lost, moves or goes on with less when nodes stop
    Whatif(WhatifArgs),
    /// Make a lab of job files and Compose files; files that exist are left alone
    Import(ImportArgs),
    /// Look the images of the lab up in their registries, and write `hlmc.lock`
    Lock(LockArgs),
    /// List newer versions of the images of the lab
    Outdated(OutdatedArgs),
    /// List the secrets of the lab, say which are missing, hand one to its store
    #[command(subcommand)]
    Secrets(SecretsCommand),
}

/// Which lab, and how hard to work on it.
#[derive(Debug, Args)]
pub(crate) struct LabArgs {
    /// Folder of the lab [default: the nearest folder upwards with a `lab.kdl`]
    #[arg(long, value_name = "DIR")]
    pub(crate) lab: Option<PathBuf>,
    /// How many threads to use [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

/// `hlmc build`.
#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
    /// Folder to write [default: `out` in the lab]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write the bundle as one zip too [default: the name of the folder and `.zip`, beside it]
    #[arg(long, value_name = "FILE")]
    #[expect(clippy::option_option, reason = "absent, bare and with a file are three things to clap")]
    pub(crate) zip: Option<Option<PathBuf>>,
    /// Write nothing; list the files in the folder, and the zip, that aren't what the lab gives
    #[arg(long)]
    pub(crate) verify: bool,
    /// Fail where `hlmc.lock` lacks an image of the lab
    #[arg(long)]
    pub(crate) locked: bool,
}

/// `hlmc check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
    /// How to print what is found: `text` goes to stderr, the others to stdout
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Fail where `hlmc.lock` lacks an image of the lab
    #[arg(long)]
    pub(crate) locked: bool,
    /// Take the text of a file from stdin, as an editor has it, saved or not
    #[arg(long, requires = "path")]
    pub(crate) stdin: bool,
    /// Which file of the lab the text on stdin is; there may be none yet
    #[arg(long, value_name = "FILE", requires = "stdin")]
    pub(crate) path: Option<PathBuf>,
    /// Make the changes that diagnostics offer, and save the files
    #[arg(long, conflicts_with = "stdin")]
    pub(crate) fix: bool,
    /// Check again whenever a file of the lab changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["stdin", "fix"])]
    pub(crate) watch: bool,
}

/// `hlmc audit`.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
}

/// How diagnostics are printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Format {
    /// Drawn, with the lines they are about
    Text,
    /// A line each, for editors: `file:line:col: severity[code] message`
    Short,
    /// One JSON document
    Json,
    /// One SARIF 2.1.0 document, for code hosts and viewers
    Sarif,
    /// Workflow commands, which GitHub Actions shows at their lines
    Github,
}

/// `hlmc whatif`.
#[derive(Debug, Args)]
pub(crate) struct WhatifArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
    /// The nodes that stop, all at one time
    #[arg(long, value_name = "NODE", value_delimiter = ',', required_unless_present = "all")]
    pub(crate) down: Vec<String>,
    /// Each node by itself, the worst first
    #[arg(long, conflicts_with = "down")]
    pub(crate) all: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,
}

/// How a report is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a person
    Text,
    /// One JSON document
    Json,
}

/// `hlmc init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Folder of the new lab
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
}

/// `hlmc explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The code in brackets, as in `error[port-conflict]`
    #[arg(value_name = "CODE")]
    pub(crate) code: Option<String>,
}

/// `hlmc fmt`.
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Write nothing; list the files that would change
    #[arg(long)]
    pub(crate) check: bool,
    /// Files and folders; `-` reads stdin and writes stdout [default: the lab's manifests]
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// `hlmc import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Folder of the new lab; it may be there when it is empty
    #[arg(long, value_name = "DIR", default_value = "lab")]
    pub(crate) out: PathBuf,
    /// Write nothing; build what would be written, compare it with what was read, and say in what they differ
    #[arg(long, conflicts_with = "out")]
    pub(crate) check: bool,
    /// Job files and Compose files, and folders of them
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
}

/// `hlmc lock`.
#[derive(Debug, Args)]
pub(crate) struct LockArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
    /// Look up again what is locked already: the images of these services, or all
    #[arg(long, value_name = "SERVICE", num_args = 0..)]
    pub(crate) update: Option<Vec<String>>,
    /// Write nothing; list what is out of date. With `--update`, registries are asked too
    #[arg(long)]
    pub(crate) check: bool,
    /// Speak to this registry without TLS, such as `registry.lan:5000`; may stand several times
    #[arg(long, value_name = "HOST")]
    pub(crate) plain_http: Vec<String>,
}

/// `hlmc outdated`.
#[derive(Debug, Args)]
pub(crate) struct OutdatedArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
    /// Speak to this registry without TLS, such as `registry.lan:5000`; may stand several times
    #[arg(long, value_name = "HOST")]
    pub(crate) plain_http: Vec<String>,
}

/// `hlmc secrets`.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretsCommand {
    /// Print every secret that the lab names, who reads it, and where that is written
    List(SecretsArgs),
    /// Ask the stores which of them aren't there; only names are asked for
    Missing(SecretsArgs),
    /// Hand a value to its store: typed without being shown, or read from stdin
    Put(PutArgs),
}

/// `hlmc secrets list` and `hlmc secrets missing`.
#[derive(Debug, Args)]
pub(crate) struct SecretsArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
}

/// `hlmc secrets put`.
#[derive(Debug, Args)]
pub(crate) struct PutArgs {
    #[command(flatten)]
    pub(crate) lab: LabArgs,
    /// The secret as manifests name it: `nomad:nomad/jobs/web#password`
    #[arg(value_name = "STORE:PATH#KEY")]
    pub(crate) secret: String,
}
