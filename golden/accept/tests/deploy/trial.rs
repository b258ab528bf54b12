//! A folder with a lab and its bundle, and a Nomad agent to deploy to.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const LAB: &str = r#"lab "trial" {
    domain "trial.example.com"
    discovery "nomad"
    network "lan" cidr="192.168.1.0/24"
}
"#;

const NODE: &str = r#"node "here" {
    address "192.168.1.20"
    arch "amd64"
    class "box"
    server
    drivers "raw_exec"
    host-volume "data" path="DATA"
}
"#;

/// Whether the agent asks who it is that asks.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Access {
    Open,
    Controlled,
}

/// A folder with a lab and its bundle, and a Nomad agent to deploy to; the agent ends with it.
pub(super) struct Trial {
    pub(super) folder: PathBuf,
    pub(super) address: String,
    agent: Child,
    /// The token of a person who may do all; empty where nobody is asked.
    pub(super) token: String,
    /// What else the bundle's script and hlmc find in their environment.
    pub(super) environment: Vec<(&'static str, String)>,
}

impl Trial {
    pub(super) fn start(name: &str, access: Access) -> Self {
        Self::start_with(name, access, &serde_json::json!({}))
    }

    /// Starts an agent that is told this too.
    pub(super) fn start_with(name: &str, access: Access, more: &serde_json::Value) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("data")).unwrap();
        let [http, rpc, serf] = free_ports();
        let mut config = serde_json::json!({
            "name": "here",
            "datacenter": "home",
            "bind_addr": "127.0.0.1",
            "advertise": { "http": "127.0.0.1", "rpc": "127.0.0.1", "serf": "127.0.0.1" },
            "data_dir": folder.join("agent"),
            "disable_update_check": true,
            "ports": { "http": http, "rpc": rpc, "serf": serf },
            "server": { "enabled": true, "bootstrap_expect": 1 },
            "client": {
                "enabled": true,
                "network_interface": "lo",
                "node_class": "box",
                "servers": [format!("127.0.0.1:{rpc}")],
                "options": { "driver.allowlist": "raw_exec", "fingerprint.denylist": "env_aws,env_azure,env_digitalocean,env_gce" },
                "host_network": { "lan": { "cidr": "127.0.0.1/32" } },
                "host_volume": { "data": { "path": folder.join("data") } },
            },
            "plugin": [{ "raw_exec": [{ "config": [{ "enabled": true }] }] }],
            "acl": { "enabled": access == Access::Controlled },
            "consul": { "auto_advertise": false, "server_auto_join": false, "client_auto_join": false },
        });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        std::fs::write(folder.join("agent.json"), config.to_string()).unwrap();
        let log = std::fs::File::create(folder.join("agent.log")).unwrap();
        let mut command = nomad();
        let agent = command.arg("agent").arg(format!("-config={}", folder.join("agent.json").display()));
        let errors = log.try_clone().unwrap();
        let agent = agent.stdout(Stdio::from(log)).stderr(Stdio::from(errors)).spawn().unwrap();
        let address = format!("http://127.0.0.1:{http}");
        let mut trial = Self { folder, address, agent, token: String::new(), environment: Vec::new() };
        if access == Access::Controlled {
            trial.token = trial.wait_for("there is no leader", || {
                let made = trial.nomad(&["acl", "bootstrap", "-t", "{{.SecretID}}"]);
                (!made.is_empty()).then(|| made.trim().to_owned())
            });
        }
        trial.wait_for("the agent isn't ready", || {
            trial.nomad(&["node", "status", "-t", "{{range .}}{{.Status}}{{end}}"]).contains("ready").then_some(())
        });
        trial
    }

    /// Asks until there is an answer.
    pub(super) fn wait_for<T>(&self, what: &str, ask: impl Fn() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(answer) = ask() {
                return answer;
            }
            let log = || std::fs::read_to_string(self.folder.join("agent.log")).unwrap();
            assert!(started.elapsed() < Duration::from_secs(60), "{what}:\n{}", log());
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// What Nomad prints.
    pub(super) fn nomad(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.nomad_as(&self.token, arguments).stdout).unwrap()
    }

    /// What Nomad says to whom a token belongs to.
    pub(super) fn nomad_as(&self, token: &str, arguments: &[&str]) -> Output {
        nomad().args(arguments).env("NOMAD_ADDR", &self.address).env("NOMAD_TOKEN", token).output().unwrap()
    }

    /// Builds a lab of these services.
    pub(super) fn build(&self, services: &[&str]) {
        self.build_with("", services);
    }

    /// Builds a lab of these services that says more of itself.
    pub(super) fn build_with(&self, more: &str, services: &[&str]) {
        let about = LAB.replacen('{', &format!("{{\n{more}"), 1);
        let lab = self.folder.join("lab");
        let node = NODE.replace("DATA", self.folder.join("data").to_str().unwrap());
        for (path, text) in
            [("lab.kdl", about.as_str()), ("nodes/here.kdl", &node), ("services/all.kdl", &services.concat())]
        {
            std::fs::create_dir_all(lab.join(path).parent().unwrap()).unwrap();
            std::fs::write(lab.join(path), text).unwrap();
        }
        let mut hlmc = Command::new(repository().join("target/release/hlmc"));
        let hlmc = hlmc.arg("build").arg("--lab").arg(&lab).arg("--out").arg(self.folder.join("out"));
        assert!(hlmc.status().unwrap().success());
    }

    /// Runs `hlmc secrets` on the lab, with a text on stdin: its exit code, and all that it printed.
    pub(super) fn secrets(&self, arguments: &[&str], typed: &str) -> (Option<i32>, String) {
        let mut command = Command::new(repository().join("target/release/hlmc"));
        command.arg("secrets").args(arguments).arg("--lab").arg(self.folder.join("lab"));
        command.env("NOMAD_ADDR", &self.address).env("NOMAD_TOKEN", &self.token);
        command.envs(self.environment.iter().cloned()).env("HOME", &self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut hlmc = command.spawn().unwrap();
        hlmc.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        ended(hlmc.wait_with_output().unwrap())
    }

    /// Runs the bundle's script: its exit code, and all that it printed.
    pub(super) fn deploy(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(self.folder.join("out/deploy.sh"));
        let command = command.args(["--only", "jobs", "--timeout", "120"]).args(arguments);
        let path = format!("{}:{}", consumers().display(), std::env::var("PATH").unwrap());
        let output = command
            .env("NOMAD_ADDR", &self.address)
            .env("NOMAD_TOKEN", &self.token)
            .envs(self.environment.iter().cloned())
            .env("PATH", path)
            .output()
            .unwrap();
        ended(output)
    }

    pub(super) fn is_stopped(&self, job: &str) -> bool {
        self.nomad(&["job", "inspect", "-t", "{{.Stop}}", job]).trim() == "true"
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        let jobs = self.nomad(&["operator", "api", "-X", "GET", "/v1/jobs?namespace=*"]);
        let jobs: serde_json::Value = serde_json::from_str(&jobs).unwrap_or_default();
        for job in jobs.as_array().into_iter().flatten() {
            let [namespace, job] = ["Namespace", "ID"].map(|key| job[key].as_str().unwrap_or_default());
            self.nomad(&["job", "stop", "-yes", "-detach", "-namespace", namespace, job]);
        }
        // What still runs when the agent is killed would run for ever.
        let started = Instant::now();
        let runs = || self.nomad(&["operator", "api", "-X", "GET", "/v1/allocations?namespace=*"]);
        while runs().contains("\"ClientStatus\":\"running\"") && started.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(300));
        }
        // Nomad unmounts the folders of a task when it forgets the allocation; until then they can't be removed.
        self.nomad(&["system", "gc"]);
        let root = format!("{}/", self.folder.display());
        let mounted = || std::fs::read_to_string("/proc/mounts").is_ok_and(|mounts| mounts.contains(&root));
        while mounted() && started.elapsed() < Duration::from_secs(45) {
            std::thread::sleep(Duration::from_millis(300));
        }
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

/// How a program ended, and all that it printed.
fn ended(output: Output) -> (Option<i32>, String) {
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code(), text)
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(super) fn consumers() -> PathBuf {
    repository().join("golden/consumers/bin").canonicalize().unwrap()
}

fn nomad() -> Command {
    let mut command = Command::new(consumers().join("nomad"));
    command.env_remove("AWS_CA_BUNDLE").env("NOMAD_CLI_SHOW_HINTS", "0");
    command
}

pub(super) fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
