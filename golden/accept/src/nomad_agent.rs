//! A Nomad agent, server and client in one, on free ports of the loopback address.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::program::{Program, run};
use crate::site::{make_folder, write};

/// How long the agent may take until its node is ready.
const START_LIMIT: Duration = Duration::from_secs(90);

/// What the agent takes over from the lab, so that jobs are judged as the lab's servers would.
#[derive(Debug)]
pub(crate) struct LabFacts {
    /// The datacenter that the lab's agents are in.
    pub(crate) datacenter: String,
    /// Whether the lab's servers let a task use more memory than it reserves.
    pub(crate) memory_oversubscription: bool,
}

/// A running agent; it is stopped when dropped.
#[derive(Debug)]
pub(crate) struct NomadAgent {
    child: Child,
    address: String,
}

impl NomadAgent {
    /// Starts an agent in the lab's datacenter and waits until its node is ready for work.
    pub(crate) fn start(nomad: &Program, lab: &LabFacts, folder: &Path) -> Result<Self, String> {
        let [http, rpc, serf] = free_ports()?;
        make_folder(folder)?;
        let config = folder.join("agent.json");
        write(&config, configuration(lab, folder, [http, rpc, serf]).as_bytes())?;
        let log_path = folder.join("agent.log");
        let log = std::fs::File::create(&log_path)
            .map_err(|error| format!("cannot write `{}`: {error}", log_path.display()))?;
        let errors = log.try_clone().map_err(|error| format!("cannot write `{}`: {error}", log_path.display()))?;
        let child = nomad
            .command()
            .arg("agent")
            .arg(format!("-config={}", config.display()))
            .stdout(Stdio::from(log))
            .stderr(Stdio::from(errors))
            .spawn()
            .map_err(|error| format!("cannot start the Nomad agent: {error}"))?;
        let address = format!("http://127.0.0.1:{http}");
        let mut agent = Self { child, address };
        agent.wait(nomad).map_err(|reason| {
            let log = std::fs::read_to_string(&log_path).unwrap_or_default();
            format!("the Nomad agent {reason}; its log:\n{log}")
        })?;
        Ok(agent)
    }

    /// The address of its HTTP API.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    fn wait(&mut self, nomad: &Program) -> Result<(), String> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("ended at once ({status})"));
            }
            let mut status = nomad.command();
            status.env("NOMAD_ADDR", &self.address);
            let ran = run(status.args(["node", "status"]))?;
            if ran.succeeded() && ran.output.split_whitespace().any(|word| word == "ready") {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        Err(format!("wasn't ready within {} s", START_LIMIT.as_secs()))
    }
}

impl Drop for NomadAgent {
    fn drop(&mut self) {
        // It runs no jobs, and its data lie in a scratch folder, so it needs no orderly end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The agent's configuration: nothing of it leaves the machine, and no cloud is asked who it is.
fn configuration(lab: &LabFacts, folder: &Path, [http, rpc, serf]: [u16; 3]) -> String {
    let nowhere = "http://127.0.0.1:9";
    serde_json::json!({
        "datacenter": lab.datacenter,
        "name": "accept",
        "data_dir": folder.join("data"),
        "bind_addr": "127.0.0.1",
        "advertise": { "http": "127.0.0.1", "rpc": "127.0.0.1", "serf": "127.0.0.1" },
        "disable_update_check": true,
        "ports": { "http": http, "rpc": rpc, "serf": serf },
        "server": {
            "enabled": true,
            "bootstrap_expect": 1,
            "default_scheduler_config": { "memory_oversubscription_enabled": lab.memory_oversubscription },
        },
        "client": {
            "enabled": true,
            "network_interface": "lo",
            "servers": [format!("127.0.0.1:{rpc}")],
            "options": {
                "fingerprint.denylist": "env_aws,env_gce,env_azure,env_digitalocean",
            },
        },
        "consul": {
            "address": nowhere.trim_start_matches("http://"),
            "auto_advertise": false,
            "server_auto_join": false,
            "client_auto_join": false,
        },
        // A server without Vault refuses every job that reads a secret from it.
        "vault": {
            "enabled": true,
            "address": nowhere,
            "default_identity": { "aud": ["vault.io"], "ttl": "1h" },
        },
    })
    .to_string()
}

/// Three ports that nothing listens on at this moment.
fn free_ports() -> Result<[u16; 3], String> {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0"));
    let mut ports = [0; 3];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = match listener {
            Ok(listener) => listener.local_addr().map(|address| address.port()),
            Err(error) => return Err(format!("no free port on the loopback address: {error}")),
        }
        .map_err(|error| format!("no free port on the loopback address: {error}"))?;
    }
    Ok(ports)
}
