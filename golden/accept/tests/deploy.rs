//! Deploys a small lab to a running Nomad agent with the bundle's own `deploy.sh`, changes the lab, and deploys again.
//!
//! The real programs are needed, so `make accept` runs these tests; `cargo test` alone leaves them out.

#![allow(clippy::unwrap_used, reason = "the functions that tests share may fail a test")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
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

const WEB: &str = r#"service "web" {
    driver "raw_exec"
    command "/bin/sleep"
    args "600"
    namespace "apps"
    after "db"
    resources cpu=10 memory="10MiB"
    nomad { update { min_healthy_time "1s" } }
}
"#;

const DB: &str = r#"job "db" {
    update { min_healthy_time "1s" }
    group "db" {
        volume "data" {
            type "host"
            source "data"
        }
        task "db" {
            driver "raw_exec"
            config {
                command "/bin/sleep"
                args "600"
            }
            resources {
                cpu 10
                memory 10
            }
        }
    }
}
"#;

const OLD: &str = r#"service "old" {
    type "system"
    driver "raw_exec"
    network "host"
    port "http" static=28765
    command "/bin/sleep"
    args "600"
    resources cpu=10 memory="10MiB"
}
"#;

const FOREIGN: &str = r#"job "foreign" {
  datacenters = ["home"]
  meta        = { "hlmc-lab" = "another" }
  group "foreign" {
    task "foreign" {
      driver = "raw_exec"
      config {
        command = "/bin/sleep"
        args    = ["600"]
      }
    }
  }
}
"#;

/// A folder with a lab and its bundle, and a Nomad agent to deploy to; the agent ends with it.
struct Trial {
    folder: PathBuf,
    address: String,
    agent: Child,
}

impl Trial {
    fn start(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("data")).unwrap();
        let [http, rpc, serf] = free_ports();
        let config = serde_json::json!({
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
            "consul": { "auto_advertise": false, "server_auto_join": false, "client_auto_join": false },
        });
        std::fs::write(folder.join("agent.json"), config.to_string()).unwrap();
        let log = std::fs::File::create(folder.join("agent.log")).unwrap();
        let mut command = nomad();
        let agent = command.arg("agent").arg(format!("-config={}", folder.join("agent.json").display()));
        let errors = log.try_clone().unwrap();
        let agent = agent.stdout(Stdio::from(log)).stderr(Stdio::from(errors)).spawn().unwrap();
        let trial = Self { folder, address: format!("http://127.0.0.1:{http}"), agent };
        trial.wait_for_node();
        trial
    }

    fn wait_for_node(&self) {
        let started = Instant::now();
        while !self.nomad(&["node", "status", "-t", "{{range .}}{{.Status}}{{end}}"]).contains("ready") {
            let log = || std::fs::read_to_string(self.folder.join("agent.log")).unwrap();
            assert!(started.elapsed() < Duration::from_secs(60), "the agent isn't ready:\n{}", log());
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// What Nomad prints.
    fn nomad(&self, arguments: &[&str]) -> String {
        let output = nomad().args(arguments).env("NOMAD_ADDR", &self.address).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Builds a lab of these services.
    fn build(&self, services: &[&str]) {
        let lab = self.folder.join("lab");
        let node = NODE.replace("DATA", self.folder.join("data").to_str().unwrap());
        for (path, text) in [("lab.kdl", LAB), ("nodes/here.kdl", &node), ("services/all.kdl", &services.concat())] {
            std::fs::create_dir_all(lab.join(path).parent().unwrap()).unwrap();
            std::fs::write(lab.join(path), text).unwrap();
        }
        let mut hlmc = Command::new(repository().join("target/release/hlmc"));
        let hlmc = hlmc.arg("build").arg("--lab").arg(&lab).arg("--out").arg(self.folder.join("out"));
        assert!(hlmc.status().unwrap().success());
    }

    /// Runs the bundle's script: its exit code, and all that it printed.
    fn deploy(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(self.folder.join("out/deploy.sh"));
        let command = command.args(["--only", "jobs", "--timeout", "120"]).args(arguments);
        let path = format!("{}:{}", consumers().display(), std::env::var("PATH").unwrap());
        let output = command.env("NOMAD_ADDR", &self.address).env("PATH", path).output().unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        (output.status.code(), text)
    }

    fn is_stopped(&self, job: &str) -> bool {
        self.nomad(&["job", "inspect", "-t", "{{.Stop}}", job]).trim() == "true"
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        for (namespace, job) in
            [("default", "db"), ("default", "old"), ("default", "renamed"), ("default", "foreign"), ("apps", "web")]
        {
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

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn consumers() -> PathBuf {
    repository().join("golden/consumers/bin").canonicalize().unwrap()
}

fn nomad() -> Command {
    let mut command = Command::new(consumers().join("nomad"));
    command.env_remove("AWS_CA_BUNDLE").env("NOMAD_CLI_SHOW_HINTS", "0");
    command
}

fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_second_run_changes_nothing_and_what_was_removed_is_stopped() {
    let trial = Trial::start("deploy");
    trial.build(&[DB, WEB, OLD]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 3 new, 0 changed, 0 unchanged, 0 stopped\n"), "{text}");
    assert!(text.contains("placement: 1 job group(s) with volumes run where their data is\n"), "{text}");
    let order = ["job old:", "job db:", "job web:"].map(|job| text.find(job).unwrap());
    assert!(order.is_sorted(), "{text}");

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 0 new, 0 changed, 3 unchanged, 0 stopped\n"), "{text}");

    let foreign = trial.folder.join("foreign.nomad.hcl");
    std::fs::write(&foreign, FOREIGN).unwrap();
    trial.nomad(&["job", "run", "-detach", foreign.to_str().unwrap()]);
    let renamed = OLD.replace("\"old\"", "\"renamed\"");
    trial.build(&[DB, &WEB.replace("600", "601"), &renamed]);
    let (code, text) = trial.deploy(&["--dry-run"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("job web: changed\n"), "{text}");
    assert!(text.contains("job old: no longer in the lab, would be stopped\n"), "{text}");
    assert!(text.contains("job renamed: has no place until what is no longer in the lab is stopped\n"), "{text}");
    assert!(!trial.is_stopped("old"));

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 1 new, 1 changed, 1 unchanged, 1 stopped\n"), "{text}");
    assert!(trial.is_stopped("old") && !trial.is_stopped("foreign") && !trial.is_stopped("db"));

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 0 new, 0 changed, 3 unchanged, 0 stopped\n"), "{text}");
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_version_that_fails_ends_the_run_and_the_next_one_finishes_it() {
    let trial = Trial::start("deploy-failing");
    let quick = WEB.replace("1s\"", "1s\"; healthy_deadline \"10s\"; progress_deadline \"15s\"");
    trial.build(&[DB, &quick.replace("/bin/sleep", "/bin/false")]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("deploy.sh: job web: its deployment failed"), "{text}");

    trial.build(&[DB, &quick]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 0 new, 1 changed, 1 unchanged, 0 stopped\n"), "{text}");
}
