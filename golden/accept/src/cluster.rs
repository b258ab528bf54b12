//! The lab's agents on this machine: each node's Consul and Nomad agent runs with the configuration of the bundle.
//!
//! The configuration is a copy in which addresses are moved to loopback and paths to a scratch folder. What remains is
//! what the bundle says: names, roles, classes, volumes, who joins whom, plugin settings.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::address::{Addresses, own_address};
use crate::agent::Agent;
use crate::bundle::Bundle;
use crate::engine::Engine;
use crate::pattern::fits;
use crate::program::{Program, run};
use crate::site::{make_folder, write};

/// How long the agents of one kind may take to find each other.
const START_LIMIT: Duration = Duration::from_secs(90);

/// The agents of a lab. They are stopped when dropped.
#[derive(Debug)]
pub(crate) struct Cluster {
    consul: Agents,
    nomad: Agents,
    addresses: Addresses,
}

/// The agents of one kind.
#[derive(Debug, Default)]
struct Agents {
    /// The agents by node.
    running: BTreeMap<String, Agent>,
    /// Where each node's agent listens.
    addresses: BTreeMap<String, Ipv4Addr>,
    /// The nodes whose agents the others know as well.
    joined: BTreeSet<String>,
    /// What went wrong with the agents of the other nodes.
    failures: BTreeMap<String, String>,
}

/// What the start of the agents needs to know.
struct Preparation<'a> {
    bundle: &'a Bundle,
    folder: &'a Path,
    addresses: Addresses,
    engine: Engine,
}

/// The token that may do all, where agents of Nomad ask for one; others heed none.
pub(crate) const TOKEN: &str = "5f4dcc3b-5aa7-65d6-1d83-27deb882cf99";

/// Asks one agent whom it knows to be well; files may go to the folder.
type Ask = fn(&Program, Ipv4Addr, &Path) -> BTreeSet<String>;

impl Cluster {
    /// Starts the agents of all nodes of a bundle, and waits until each has joined or ended.
    pub(crate) fn start(bundle: &Bundle, nomad: &Program, consul: &Program, folder: &Path) -> Result<Self, String> {
        make_folder(folder)?;
        let engine = Engine::start(&folder.join("engine.sock"))?;
        let mut preparation =
            Preparation { bundle, folder, addresses: Addresses::take(own_addresses(bundle)?)?, engine };
        // Consul first: a Nomad client looks for it once when it starts, and then not for a while.
        let consul_agents = preparation.start(consul, "-config-dir", None, catalogued_nodes)?;
        let overrides = nomad_overrides();
        let nomad_agents = preparation.start(nomad, "-config", Some(&overrides), ready_nodes)?;
        Ok(Self { consul: consul_agents, nomad: nomad_agents, addresses: preparation.addresses })
    }

    /// The address of a Nomad agent that answers.
    pub(crate) fn nomad_address(&self) -> Option<String> {
        let node = self.nomad.joined.first()?;
        self.nomad.addresses.get(node).map(nomad_url)
    }

    /// A text with the addresses at which the lab's nodes are here.
    pub(crate) fn moved(&self, text: &str) -> String {
        self.addresses.rewrite(text, Ipv4Addr::LOCALHOST)
    }

    /// Why the agent of a node didn't get to work with the others; `None` when it did.
    pub(crate) fn failure(&self, program: &str, node: &str) -> Option<&str> {
        let agents = if program == "consul" { &self.consul } else { &self.nomad };
        agents.failures.get(node).map(String::as_str)
    }
}

impl Preparation<'_> {
    /// Starts the agents of one program on all nodes that have configuration for it: the servers, then the others.
    fn start(&mut self, program: &Program, option: &str, overrides: Option<&str>, ask: Ask) -> Result<Agents, String> {
        let pattern = format!("nodes/*/etc/{}.d/*.hcl", program.name);
        let mut nodes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in self.bundle.files.iter().filter(|path| fits(&pattern, path)) {
            if let Some(node) = path.split('/').nth(1) {
                nodes.entry(node).or_default().push(path);
            }
        }
        let mut agents = Agents::default();
        // An agent that finds no server at once looks again only half a minute later.
        for servers in [true, false] {
            for (node, paths) in &nodes {
                let home = self.folder.join(node).join(program.name);
                let texts = paths.iter().map(|path| self.bundle.text(path)).collect::<Result<Vec<_>, _>>()?;
                if texts.iter().any(|text| text.contains("bootstrap_expect")) != servers {
                    continue;
                }
                let own = self.copy(paths, &texts, &home)?;
                if let Some(overrides) = overrides {
                    write(&home.join("config/zz-overrides.json"), overrides.as_bytes())?;
                }
                let mut command = program.command();
                command.env("DOCKER_HOST", self.engine.endpoint());
                command.arg("agent").arg(option).arg(home.join("config"));
                agents.running.insert((*node).to_owned(), Agent::start(&mut command, &home.join("log"))?);
                agents.addresses.insert((*node).to_owned(), own);
            }
            agents.wait(program, ask, self.folder);
        }
        agents.explain();
        Ok(agents)
    }

    /// Copies the configuration of one agent, moving its addresses and paths; says where it will listen.
    fn copy(&mut self, paths: &[&str], texts: &[String], home: &Path) -> Result<Ipv4Addr, String> {
        let own = texts
            .iter()
            .find_map(|text| own_address(text))
            .and_then(|address| self.addresses.stand_in(address))
            .ok_or_else(|| format!("none of {} says at which address the agent is", paths.join(", ")))?;
        for (path, text) in paths.iter().zip(texts) {
            let name = path.rsplit('/').next().unwrap_or(path);
            let text = move_paths(&self.addresses.rewrite(text, own), &home.join("root"))?;
            write(&home.join("config").join(name), text.as_bytes())?;
        }
        Ok(own)
    }
}

impl Agents {
    /// Waits until each agent has joined or ended.
    fn wait(&mut self, program: &Program, ask: Ask, folder: &Path) {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT && !self.settled(program, ask, folder) {
            std::thread::sleep(Duration::from_millis(500));
        }
    }

    /// Whether every agent that still runs has joined.
    fn settled(&mut self, program: &Program, ask: Ask, folder: &Path) -> bool {
        let alive: Vec<&String> =
            self.running.iter_mut().filter_map(|(node, agent)| agent.runs().then_some(node)).collect();
        let Some(address) = alive.first().and_then(|node| self.addresses.get(*node)) else { return true };
        self.joined = ask(program, *address, folder);
        alive.iter().all(|node| self.joined.contains(*node))
    }

    /// Notes what became of the agents that didn't join.
    fn explain(&mut self) {
        for (node, agent) in &mut self.running {
            if !self.joined.contains(node) {
                let what = if agent.runs() { "runs, but the others don't know it" } else { "ended" };
                let failure = format!("the agent of `{node}` {what}; the end of its log:\n{}", agent.log_end());
                self.failures.insert(node.clone(), failure);
            }
        }
    }
}

/// The addresses of the nodes whose agents say at which one they are.
fn own_addresses(bundle: &Bundle) -> Result<Vec<Ipv4Addr>, String> {
    let mut addresses = BTreeSet::new();
    for path in bundle.files.iter().filter(|path| fits("nodes/*/etc/*.d/*.hcl", path)) {
        addresses.extend(own_address(&bundle.text(path)?));
    }
    Ok(addresses.into_iter().collect())
}

/// The nodes that a Nomad agent says are ready. Agents with access control are given the token that may do all first.
fn ready_nodes(nomad: &Program, address: Ipv4Addr, folder: &Path) -> BTreeSet<String> {
    let ask = |arguments: &[&str]| {
        let mut command = nomad.command();
        answer(command.env("NOMAD_ADDR", nomad_url(&address)).env("NOMAD_TOKEN", TOKEN).args(arguments))
    };
    let nodes = ask(&["node", "status", "-json"]).or_else(|| {
        let token = folder.join("token");
        write(&token, TOKEN.as_bytes()).ok()?;
        ask(&["acl", "bootstrap", &token.display().to_string()])?;
        ask(&["node", "status", "-json"])
    });
    let nodes: serde_json::Value = nodes.and_then(|output| serde_json::from_str(&output).ok()).unwrap_or_default();
    let text = |node: &serde_json::Value, name| node.get(name)?.as_str().map(str::to_owned);
    nodes
        .as_array()
        .into_iter()
        .flatten()
        .filter(|node| text(node, "Status").as_deref() == Some("ready"))
        .filter_map(|node| text(node, "Name"))
        .collect()
}

/// The nodes in the catalogue of a Consul agent: those that a leader knows to be alive.
fn catalogued_nodes(consul: &Program, address: Ipv4Addr, _: &Path) -> BTreeSet<String> {
    let mut command = consul.command();
    command.env("CONSUL_HTTP_ADDR", format!("{address}:8500")).args(["catalog", "nodes"]);
    let output = answer(&mut command).unwrap_or_default();
    output.lines().skip(1).filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// What a command prints, when it succeeds.
fn answer(command: &mut Command) -> Option<String> {
    run(command).ok().filter(crate::program::Ran::succeeded).map(|ran| ran.output)
}

fn nomad_url(address: &Ipv4Addr) -> String {
    format!("http://{address}:4646")
}

/// What differs from the lab's machines: the interface, the cloud that isn't asked who it is, and more room
/// than any job takes, since this machine's size says nothing about the lab's.
fn nomad_overrides() -> String {
    serde_json::json!({
        "disable_update_check": true,
        "client": {
            "network_interface": "lo",
            "cpu_total_compute": 1_000_000,
            "memory_total_mb": 1_000_000,
            "disk_total_mb": 100_000_000,
            "options": { "fingerprint.denylist": "env_aws,env_gce,env_azure,env_digitalocean" },
        },
    })
    .to_string()
}

/// Moves each absolute path that is a value by itself below a folder, and makes it there.
fn move_paths(text: &str, root: &Path) -> Result<String, String> {
    let mut moved = String::new();
    for line in text.lines() {
        match line.split_once("= \"/") {
            Some((name, value)) => {
                let path = value.split('"').next().unwrap_or_default();
                make_folder(&root.join(path))?;
                moved.push_str(&format!("{name}= \"{}/{value}\n", root.display()));
            }
            None => moved.push_str(&format!("{line}\n")),
        }
    }
    Ok(moved)
}
