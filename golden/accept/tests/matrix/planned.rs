//! A server of Nomad's that plans the jobs of one lab after the other, each on nodes like the lab's.

use hlmc_core::model::{Lab, Node};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// What a machine has whose manifest doesn't tell: more than any job takes.
const ENOUGH: u64 = 1_000_000;

/// The server, and the program that registers nodes with it and plans. Both end with it.
pub(super) struct Planner {
    agent: Child,
    asking: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What is planned.
pub(super) struct Planned<'a> {
    /// The lab, which has the nodes.
    pub(super) lab: &'a Lab,
    /// Where its bundle lies.
    pub(super) bundle: &'a Path,
    /// The job files.
    pub(super) jobs: Vec<PathBuf>,
    /// Those of them that are run, one after the other, each after a plan.
    pub(super) deployed: Vec<PathBuf>,
}

impl Planner {
    /// Starts a server that has no nodes.
    pub(super) fn start(folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let [http, rpc, serf] = free_ports();
        let config = json!({
            "name": "planner",
            "bind_addr": "127.0.0.1",
            "advertise": { "http": "127.0.0.1", "rpc": "127.0.0.1", "serf": "127.0.0.1" },
            "data_dir": folder.join("data"),
            "disable_update_check": true,
            "ports": { "http": http, "rpc": rpc, "serf": serf },
            // Nobody says any more that a node is there once it has registered.
            "server": {
                "enabled": true,
                "bootstrap_expect": 1,
                "heartbeat_grace": "1h",
                "default_scheduler_config": { "memory_oversubscription_enabled": true },
            },
            "consul": { "auto_advertise": false, "server_auto_join": false },
            "vault": { "enabled": true, "default_identity": { "aud": ["vault.io"], "ttl": "1h" } },
        });
        fs::write(folder.join("agent.json"), config.to_string()).unwrap();
        let log = fs::File::create(folder.join("agent.log")).unwrap();
        let mut agent = Command::new(super::program("nomad"));
        agent.arg("agent").arg("-config").arg(folder.join("agent.json")).stdout(log).stderr(Stdio::null());
        let agent = agent.spawn().expect("nomad is built by `make accept`");
        let address = format!("http://127.0.0.1:{http}");
        wait_for_leader(&address, &folder.join("agent.log"));
        let mut asking = Command::new(super::program("plan-nomad"));
        asking.env("NOMAD_ADDR", &address).env("NOMAD_RPC", format!("127.0.0.1:{rpc}"));
        let mut asking =
            asking.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("plan-nomad is built by `make accept`");
        let (questions, answers) = (asking.stdin.take().unwrap(), BufReader::new(asking.stdout.take().unwrap()));
        Self { agent, asking, questions, answers }
    }

    /// What `nomad job plan` says: `found` of a job by itself, `later` once other jobs of the lab run, `no`, or nothing without jobs.
    pub(super) fn plan(&mut self, it: &Planned<'_>) -> &'static str {
        if it.jobs.is_empty() {
            return "";
        }
        let answer = self.ask(it);
        println!("{}: {answer:#}", it.bundle.display());
        let is_empty = |name: &str| answer[name].as_array().unwrap().is_empty();
        if !is_empty("alone") {
            "found"
        } else if !is_empty("beside") {
            "later"
        } else {
            "no"
        }
    }

    /// All that is said of the plans of a lab.
    pub(super) fn ask(&mut self, it: &Planned<'_>) -> Value {
        let namespaces: Vec<&str> = it.lab.namespaces.iter().map(|it| it.name.value.as_str()).collect();
        let clients = it.lab.nodes.iter().filter(|node| node.client);
        let nodes: Vec<Value> = clients.map(|node| machine(node, it.bundle)).collect();
        let question = json!({ "region": it.lab.region, "namespaces": namespaces, "nodes": nodes, "jobs": it.jobs, "deployed": it.deployed });
        writeln!(self.questions, "{question}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert!(!answer.is_empty(), "nothing is said of {question}");
        serde_json::from_str(&answer).unwrap()
    }
}

/// What an agent of this node would find out by itself, and where its configuration lies.
fn machine(node: &Node, bundle: &Path) -> Value {
    let megabytes = |bytes: u64| bytes / (1024 * 1024);
    let drivers: Vec<&str> = node.drivers.iter().map(|driver| driver.value.as_str()).collect();
    let devices = node.devices.iter().map(|device| (device.name.value.clone(), device.count.into()));
    json!({
        "config": bundle.join("nodes").join(&node.name.value).join("etc/nomad.d"),
        "arch": node.arch.value.name(),
        "os": node.os,
        "cpu": node.capacity.cpu.as_ref().map_or(ENOUGH, |it| it.value),
        "memory": node.capacity.memory.as_ref().map_or(ENOUGH, |it| megabytes(it.value)),
        "disk": node.capacity.disk.as_ref().map_or(ENOUGH, |it| megabytes(it.value)),
        "drivers": drivers,
        "devices": devices.collect::<serde_json::Map<String, Value>>(),
    })
}

impl Drop for Planner {
    fn drop(&mut self) {
        for child in [&mut self.asking, &mut self.agent] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until the server leads: only then it takes nodes and jobs.
fn wait_for_leader(address: &str, log: &Path) {
    let started = Instant::now();
    loop {
        let mut asked = Command::new(super::program("nomad"));
        let asked = asked.args(["operator", "api", "/v1/status/leader"]).env("NOMAD_ADDR", address).output().unwrap();
        if String::from_utf8_lossy(&asked.stdout).contains("127.0.0.1") {
            return;
        }
        let log = || fs::read_to_string(log).unwrap();
        assert!(started.elapsed() < Duration::from_secs(60), "there is no leader:\n{}", log());
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Three ports that nobody has.
fn free_ports() -> [u16; 3] {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
