//! A Vault of this machine's, in memory, with the logins that a bundle's jobs use.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::agent::Agent;
use crate::program::{Program, run};

/// How long it may take to start.
const START_LIMIT: Duration = Duration::from_secs(60);
/// The token of who may do all.
const ROOT: &str = "root";

/// A Vault that ends when dropped.
#[derive(Debug)]
pub(crate) struct Vault {
    address: String,
    agent: Agent,
}

impl Vault {
    /// Starts it, and makes room for logins.
    pub(crate) fn start(program: &Program, folder: &Path) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let listen = free.map_err(|error| format!("no port is free: {error}"))?;
        let mut command = program.command();
        command.args(["server", "-dev", "-dev-no-store-token"]);
        command.arg(format!("-dev-root-token-id={ROOT}")).arg(format!("-dev-listen-address={listen}"));
        let vault =
            Self { address: format!("http://{listen}"), agent: Agent::start(&mut command, &folder.join("vault.log"))? };
        let started = Instant::now();
        loop {
            let ran = run(vault.command(program).args(["auth", "enable", "-path=jwt-nomad", "jwt"]))?;
            if ran.succeeded() {
                return Ok(vault);
            }
            if started.elapsed() > START_LIMIT {
                return Err(format!("Vault doesn't start:\n{}\n{}", ran.report(), vault.agent.log_end()));
            }
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// A command of Vault's that talks to it.
    pub(crate) fn command(&self, program: &Program) -> Command {
        let mut command = program.command();
        command.env("VAULT_ADDR", &self.address).env("VAULT_TOKEN", ROOT);
        command
    }
}
