//! What the compiler knows of a lab and a cluster needs to know: nothing of it is written down a second time.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;

use hlmc_core::analyze::analyze;
use hlmc_core::analyze::outage::{Fate, outage};
use hlmc_core::model::{Daemon, Lab};
use hlmc_core::source::MemoryWorld;

/// The folders of a lab that the compiler reads beside `lab.kdl`.
const FOLDERS: [&str; 3] = ["nodes", "services", "integrations"];

/// A lab, as far as a cluster needs it.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The lab itself.
    pub(crate) lab: Lab,
    /// Its groups of tasks.
    pub(crate) groups: Vec<Group>,
}

/// A group of tasks, and where the analysis lets it run.
#[derive(Debug)]
pub(crate) struct Group {
    /// The service, which is the job.
    pub(crate) service: String,
    /// Nomad's job type.
    pub(crate) kind: String,
    /// The group.
    pub(crate) name: String,
    /// How many instances, where it isn't one on every node.
    pub(crate) count: u64,
    /// The images of its tasks.
    pub(crate) images: Vec<String>,
    /// The nodes that it can run on.
    pub(crate) nodes: BTreeSet<String>,
}

impl Facts {
    /// Compiles the lab in a folder as far as its analysis.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let mut world = MemoryWorld::default();
        insert(&mut world, folder, &folder.join("lab.kdl"))?;
        for name in FOLDERS {
            insert(&mut world, folder, &folder.join(name))?;
        }
        let lab = hlmc_core::check(&world).lab.ok_or_else(|| format!("there is no lab in `{}`", folder.display()))?;
        let groups = analyze(&lab)
            .groups
            .iter()
            .map(|facts| Group {
                service: facts.service.name.value.clone(),
                kind: facts.service.kind.clone(),
                name: facts.group.name.value.clone(),
                count: facts.group.count.value,
                images: facts
                    .group
                    .tasks
                    .iter()
                    .filter_map(|task| task.image.as_ref())
                    .map(|image| image.value.clone())
                    .collect(),
                nodes: facts.eligible().map(|at| lab.nodes[at].name.value.clone()).collect(),
            })
            .collect();
        Ok(Self { lab, groups })
    }

    /// The groups that run on other nodes once one has stopped, by service and name: what `hlmc whatif` says moves.
    pub(crate) fn moving(&self, node: &str) -> BTreeSet<(String, String)> {
        let analysis = analyze(&self.lab);
        let stopped: Vec<usize> = self.lab.node(node).into_iter().collect();
        let moving = outage(&analysis, &stopped).groups.into_iter().filter(|it| matches!(it.fate, Fate::Moves(_)));
        moving.map(|it| (it.service.name.value.clone(), it.group.to_owned())).collect()
    }

    /// The images that a node may be asked to run.
    pub(crate) fn images(&self, node: &str) -> BTreeSet<&str> {
        let there = self.groups.iter().filter(|group| group.nodes.contains(node));
        there.flat_map(|group| &group.images).map(String::as_str).collect()
    }

    /// The node that answers the names of the lab.
    pub(crate) fn name_server(&self) -> Option<Ipv4Addr> {
        let answers = |daemon: &Daemon| matches!(daemon, Daemon::Dnsmasq(_));
        self.lab.nodes.iter().find(|node| node.daemons.iter().any(answers)).map(|node| node.address.value)
    }

    /// The secrets that services read from Nomad: namespace and path with the keys.
    pub(crate) fn secrets(&self) -> BTreeSet<(&str, &str, &str)> {
        let mut secrets = BTreeSet::new();
        for service in &self.lab.services {
            for secret in service.secrets.iter().filter(|secret| secret.store == "nomad") {
                secrets.insert((service.namespace.value.as_str(), secret.path.as_str(), secret.key.as_str()));
            }
        }
        secrets
    }
}

/// Puts a file, or all files of a folder, into the compiler's world; what isn't there is left out.
fn insert(world: &mut MemoryWorld, root: &Path, path: &Path) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("cannot read `{}`: {error}", path.display());
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            insert(world, root, &entry.map_err(unreadable)?.path())?;
        }
    } else if let (true, Ok(relative)) = (path.exists(), path.strip_prefix(root)) {
        world.insert(relative.to_string_lossy(), std::fs::read(path).map_err(unreadable)?);
    }
    Ok(())
}
