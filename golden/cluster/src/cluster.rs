//! The cluster as a whole: its machines are made of the lab's nodes, and its bundle is deployed as a person would.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use hlmc_core::source::Spanned;

use crate::facts::Facts;
use crate::image::Images;
use crate::lan::{Lan, SWITCH};
use crate::machine::Machine;
use crate::program::{make_folder, read, run, succeed, write};
use crate::say;

/// The lab that is brought up.
pub(crate) const LAB: &str = "golden/labs/nas-and-pis";

/// The computer that the bundle is deployed from; it is on the lab's network and no node.
const CONSOLE: &str = "console";

/// The machines of a lab.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// The root of the repository.
    pub(crate) repository: PathBuf,
    /// What the compiler knows of the lab.
    pub(crate) facts: Facts,
    lan: Lan,
    /// The switch, which is the way to the rest of the world too.
    pub(crate) switch: Machine,
    /// Where the bundle is deployed from.
    pub(crate) console: Machine,
    /// The nodes, in the lab's order.
    pub(crate) nodes: Vec<Machine>,
}

impl Cluster {
    /// The machines of the lab, none of which needs to be on.
    fn new(repository: &Path) -> Result<Self, String> {
        let facts = Facts::read(&repository.join(LAB))?;
        let network = facts.lab.networks.first().ok_or("the lab has no network")?;
        let lan = Lan::parse(&network.cidr.value)?;
        let machines = folder(repository).join("machines");
        let machine = |name: &str| Machine::new(name, &machines);
        let nodes = facts.lab.nodes.iter().map(|node| machine(&node.name.value)).collect();
        let (switch, console) = (machine(SWITCH), machine(CONSOLE));
        Ok(Self { repository: repository.to_owned(), lan, switch, console, nodes, facts })
    }

    /// The cluster that is up.
    pub(crate) fn that_is_up(repository: &Path) -> Result<Self, String> {
        let cluster = Self::new(repository)?;
        if cluster.console.is_on() {
            Ok(cluster)
        } else {
            Err("the cluster isn't up; `make cluster` does that".to_owned())
        }
    }

    /// Brings the lab up from nothing, and deploys its bundle.
    pub(crate) fn up(repository: &Path) -> Result<Self, String> {
        let cluster = Self::boot(repository)?;
        cluster.put_bundle(&repository.join(LAB))?;
        timed("deploy.sh --only nodes", || cluster.deploy("--only nodes"))?;
        timed("images and secrets", || cluster.provide())?;
        timed("deploy.sh", || cluster.deploy(""))?;
        Ok(cluster)
    }

    /// Switches on machines that nobody has used yet.
    pub(crate) fn boot(repository: &Path) -> Result<Self, String> {
        look_for_what_is_needed(repository)?;
        down(repository)?;
        let cluster = Self::new(repository)?;
        let started = Instant::now();
        cluster.switch.plug_in("resolv.conf", "")?; // it boots on as soon as it has a network
        cluster.switch.switch_on(repository)?;
        cluster.lan.lay(&cluster.switch)?;
        cluster.make_key()?;
        cluster.prepare_console()?;
        cluster.switch_on(&cluster.console)?;
        for node in &cluster.nodes {
            cluster.prepare_node(node)?;
            cluster.switch_on(node)?;
        }
        for machine in cluster.machines() {
            machine.wait_until_booted()?;
        }
        let count = cluster.nodes.len();
        say(&format!("{count} nodes, a console and a switch are on ({:.1} s)", started.elapsed().as_secs_f64()));
        Ok(cluster)
    }

    /// Switches a machine on and plugs its cable in.
    pub(crate) fn switch_on(&self, machine: &Machine) -> Result<(), String> {
        machine.switch_on(&self.repository)?;
        let at = self.nodes.iter().position(|node| node.name == machine.name).map_or(0, |at| at + 1);
        self.lan.connect(&self.switch, machine, at, self.address(machine))
    }

    /// The address of a machine.
    pub(crate) fn address(&self, machine: &Machine) -> Ipv4Addr {
        let node = self.facts.lab.nodes.iter().find(|node| node.name.value == machine.name);
        node.map_or_else(|| self.lan.last(0), |node| node.address.value)
    }

    /// The key that the console's owner logs in with.
    fn make_key(&self) -> Result<(), String> {
        let key = self.console.disk.join("own/root/.ssh/id_ed25519");
        let parent = key.parent().unwrap_or(&key);
        make_folder(parent)?;
        succeed(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key))?;
        write(&parent.join("config"), "StrictHostKeyChecking accept-new\nLogLevel ERROR\n")
    }

    fn prepare_console(&self) -> Result<(), String> {
        self.console.plug_in("resolv.conf", &self.resolv_conf())
    }

    fn resolv_conf(&self) -> String {
        self.facts.name_server().map(|address| format!("nameserver {address}\n")).unwrap_or_default()
    }

    /// What a machine has when its owner has installed Debian.
    fn prepare_node(&self, machine: &Machine) -> Result<(), String> {
        let Some(node) = self.facts.lab.nodes.iter().find(|node| node.name.value == machine.name) else {
            return Ok(());
        };
        machine.plug_in("resolv.conf", &self.resolv_conf())?;
        machine.plug_in("arch", node.arch.value.name())?;
        machine.plug_in("user", node.ssh.user.as_deref().unwrap_or("root"))?;
        machine.plug_in("ssh-port", &node.ssh_port().to_string())?;
        machine.plug_in("key.pub", &read(&self.console.disk.join("own/root/.ssh/id_ed25519.pub"))?)?;
        for mount in &node.mounts {
            let disk = mount.source.rsplit('=').next().unwrap_or_default();
            make_folder(&machine.disk.join("own/media/disks").join(disk))?;
        }
        // The machine is as big as the lab says, not as this computer is.
        let capacity = node.capacity;
        let mebibytes = |bytes: Option<Spanned<u64>>| bytes.map(|bytes| bytes.value / (1024 * 1024));
        let size = serde_json::json!({ "client": {
            "cpu_total_compute": capacity.cpu.map(|cpu| cpu.value),
            "memory_total_mb": mebibytes(capacity.memory),
            "disk_total_mb": mebibytes(capacity.disk),
            "disk_free_mb": mebibytes(capacity.disk),
        }});
        machine.plug_in("nomad.json", &size.to_string())
    }

    /// Builds a lab, and unpacks the zip of its bundle on the console, in place of the one that was there.
    pub(crate) fn put_bundle(&self, lab: &Path) -> Result<(), String> {
        let out = folder(&self.repository).join("out");
        let mut hlmc = Command::new(self.repository.join("target/release/hlmc"));
        succeed(hlmc.arg("build").arg("--zip").arg("--lab").arg(lab).arg("--out").arg(&out))?;
        let bundle = self.console.disk.join("own/root/bundle");
        let _ = std::fs::remove_dir_all(&bundle);
        make_folder(&bundle)?;
        succeed(Command::new("unzip").arg("-q").arg(out.with_extension("zip")).arg("-d").arg(bundle)).map(drop)
    }

    /// Runs the bundle's `deploy.sh` on the console; it has to succeed.
    pub(crate) fn deploy(&self, arguments: &str) -> Result<String, String> {
        self.console.shell(&format!("bundle/deploy.sh {arguments}"))
    }

    /// Gives the nodes what a lab gets from elsewhere: images from registries, and secrets from its owner.
    fn provide(&self) -> Result<(), String> {
        let folder = folder(&self.repository).join("images");
        let images = Images::new(&folder, &self.repository.join("golden/consumers/bin"));
        for node in &self.nodes {
            for image in self.facts.images(&node.name) {
                images.load(node, image)?;
            }
        }
        let secrets = self.facts.secrets();
        let paths: BTreeSet<_> = secrets.iter().map(|(namespace, path, _)| (*namespace, *path)).collect();
        for (namespace, path) in paths {
            let keys = secrets.iter().filter(|secret| (secret.0, secret.1) == (namespace, path));
            let items: Vec<String> = keys.map(|(_, _, key)| format!("{key}='secret of {key}'")).collect();
            self.server()?.shell(&format!("nomad var put -force -namespace {namespace} {path} {}", items.join(" ")))?;
        }
        Ok(())
    }

    /// A node with a Nomad server.
    pub(crate) fn server(&self) -> Result<&Machine, String> {
        let name = &self.facts.lab.servers().next().ok_or("the lab has no server")?.name.value;
        self.node(name)
    }

    /// The node with a name.
    pub(crate) fn node(&self, name: &str) -> Result<&Machine, String> {
        self.nodes.iter().find(|node| node.name == name).ok_or_else(|| format!("the lab has no node `{name}`"))
    }

    /// All machines.
    pub(crate) fn machines(&self) -> impl Iterator<Item = &Machine> {
        [&self.switch, &self.console].into_iter().chain(&self.nodes)
    }

    /// The network that they are on.
    pub(crate) fn network(&self) -> String {
        self.facts.lab.networks.first().map(|network| network.cidr.value.clone()).unwrap_or_default()
    }

    /// Runs a command on a machine, a shell where there is none.
    pub(crate) fn enter(&self, name: &str, command: &[&str]) -> Result<ExitCode, String> {
        let machine = if name == CONSOLE { &self.console } else { self.node(name)? };
        let command = if command.is_empty() { &["bash"] } else { command };
        let mut entered = machine.command("sh");
        entered.args(["-c", "cd; exec \"$@\"", "sh"]).args(command);
        entered.env("TERM", std::env::var_os("TERM").unwrap_or_default()).env("PS1", format!("{name}# "));
        let status = entered.status().map_err(|error| format!("cannot enter `{name}`: {error}"))?;
        Ok(ExitCode::from(status.code().and_then(|code| code.try_into().ok()).unwrap_or(1)))
    }

    /// Says where to look.
    pub(crate) fn welcome(&self) {
        let lab = &self.facts.lab;
        say(&format!("\nThe lab `{}` is up. Nothing of it can be reached but from its machines:\n", lab.name.value));
        for node in &lab.nodes {
            let role = if node.server { "server, client" } else { "client" };
            say(&format!("  {:<10} {:<15} {role}, class {}", node.name.value, node.address.value, node.class.value));
        }
        say(&format!(
            "  {:<10} {:<15} on the network, no node; the bundle is in /root/bundle",
            CONSOLE,
            self.lan.last(0)
        ));
        say("\n`target/debug/cluster enter MACHINE [COMMAND...]` enters one, as root. To try:\n");
        let server = lab.servers().next().map_or("", |node| &node.name.value);
        let enter = "target/debug/cluster enter";
        for command in ["nomad node status", "nomad job status", "consul members", "ufw status", "docker ps"] {
            say(&format!("  {enter} {server} {command}"));
        }
        for route in lab.services.iter().flat_map(|service| &service.routes) {
            say(&format!("  {enter} {CONSOLE} curl -k https://{}", route.host.value));
        }
        say(&format!("  {enter} {CONSOLE} bundle/deploy.sh"));
        say("  target/debug/cluster try            what `make prove` tries, on this cluster\n");
        say("`make cluster-down` takes it down; nothing stays.");
    }
}

/// Says early what would fail late.
fn look_for_what_is_needed(repository: &Path) -> Result<(), String> {
    if std::fs::metadata("/proc/self").map_or(0, |process| process.uid()) != 0 {
        return Err("only root may make namespaces and mounts: run this as root".to_owned());
    }
    for program in ["nomad", "consul", "caddy", "prometheus"] {
        if !repository.join("golden/consumers/bin").join(program).exists() {
            return Err(format!("`{program}` isn't built; run `golden/consumers/build.sh`"));
        }
    }
    Ok(())
}

/// Where everything of the cluster lies.
pub(crate) fn folder(repository: &Path) -> PathBuf {
    repository.join("target/cluster")
}

/// Does something, and says how long it took.
fn timed<T>(what: &str, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let started = Instant::now();
    let done = work()?;
    say(&format!("{what} ({:.1} s)", started.elapsed().as_secs_f64()));
    Ok(done)
}

/// Switches all machines off, and leaves nothing of them behind.
pub(crate) fn down(repository: &Path) -> Result<(), String> {
    let machines = folder(repository).join("machines");
    for entry in std::fs::read_dir(&machines).into_iter().flatten().flatten() {
        Machine::new(&entry.file_name().to_string_lossy(), &machines).cut_power()?;
    }
    // A group can be removed once no process is in it, and those below it are gone.
    let groups = "find /sys/fs/cgroup -depth -type d -path '*/hlmc-cluster*' -exec rmdir {} + 2>/dev/null";
    for _ in 0..20 {
        run(Command::new("sh").args(["-c", groups]))?;
    }
    let path = folder(repository);
    if path.exists() {
        std::fs::remove_dir_all(&path).map_err(|error| format!("cannot remove `{}`: {error}", path.display()))?;
    }
    Ok(())
}
