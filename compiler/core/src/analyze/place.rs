//! Which node can run which group, and what that makes necessary on the node.

use super::constraint::Condition;
use super::{Analysis, GroupFacts, NodeFacts, Obstacle};
use crate::model::{Device, Group, Lab, Node, Service};
use crate::nomad::form::{Block, Body};
use crate::source::{AT_ONCE, Span, Spanned};
use rayon::prelude::*;

/// Capabilities that Docker's task driver allows without a word in the agent's configuration
/// (drivers/shared/capabilities, `NomadDefaults`).
pub(crate) const DEFAULT_CAPABILITIES: [&str; 13] = [
    "audit_write",
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "mknod",
    "net_bind_service",
    "setfcap",
    "setgid",
    "setpcap",
    "setuid",
    "sys_chroot",
];

/// Where each group of a service can run, where that is known: indices of nodes, ascending. Empty where it isn't.
pub type Placed = Vec<Vec<usize>>;

/// Works out what follows from a lab.
#[must_use]
pub fn analyze(lab: &Lab) -> Analysis<'_> {
    analyze_again(lab, vec![Placed::new(); lab.services.len()])
}

/// Works out what follows from a lab of which it is known where the groups of some services can run. There is one entry for
/// each service.
#[must_use]
pub fn analyze_again(lab: &Lab, known: Vec<Placed>) -> Analysis<'_> {
    let groups: Vec<GroupFacts<'_>> = lab
        .services
        .par_iter()
        .zip(known)
        .with_max_len(AT_ONCE)
        .flat_map_iter(|(service, known)| {
            let blocks = service.job.body.blocks("group").filter(|block| block.label().is_some());
            let mut known = known.into_iter();
            service.groups.iter().zip(blocks).map(move |(group, block)| match known.next() {
                Some(nodes) => GroupFacts::new(service, group, block, nodes),
                None => group_facts(lab, service, group, block),
            })
        })
        .collect();
    let mut of_nodes = vec![Vec::new(); lab.nodes.len()];
    for (index, facts) in groups.iter().enumerate() {
        facts.eligible().for_each(|at| of_nodes[at].push(index));
    }
    let nodes = of_nodes
        .into_par_iter()
        .with_max_len(AT_ONCE)
        .enumerate()
        .map(|(at, here)| node_facts(&lab.nodes[at], here, &groups));
    let nodes = nodes.collect();
    Analysis::new(lab, groups, nodes)
}

impl<'l> Analysis<'l> {
    /// For each service where its groups can run, as long as neither the service nor a node changes. What a group lacks on other
    /// nodes isn't kept: of such services nothing is known.
    #[must_use]
    pub fn placed(self) -> Vec<Placed> {
        let mut rest = self.groups.into_iter();
        let of = |service: &Service| {
            let groups: Vec<GroupFacts<'_>> = rest.by_ref().take(service.groups.len()).collect();
            let lacks = groups.iter().any(|facts| !facts.lacking.is_empty());
            groups.into_iter().filter(|_| !lacks).map(|facts| facts.nodes).collect()
        };
        self.lab.services.iter().map(of).collect()
    }

    /// For each node of the lab, in their order: why the group can't run there; `None` where it can.
    pub fn obstacles(&self, facts: &GroupFacts<'l>) -> impl Iterator<Item = (&'l Node, Option<Obstacle<'l>>)> {
        let asked = Asked::of(self.lab, facts.service, facts.group);
        self.lab.nodes.iter().map(move |node| {
            let obstacle = asked.excludes(node).next();
            (node, obstacle.or_else(|| offered(self.lab, asked.service, asked.group, node).into_iter().next()))
        })
    }

    /// The same with everything that is in the way on each node.
    pub fn all_obstacles(&self, facts: &GroupFacts<'l>) -> impl Iterator<Item = (&'l Node, Vec<Obstacle<'l>>)> {
        let asked = Asked::of(self.lab, facts.service, facts.group);
        self.lab.nodes.iter().map(move |node| {
            let mut all: Vec<Obstacle<'l>> = asked.excludes(node).collect();
            all.extend(offered(self.lab, asked.service, asked.group, node));
            (node, all)
        })
    }
}

fn group_facts<'l>(lab: &'l Lab, service: &'l Service, group: &'l Group, block: &'l Block) -> GroupFacts<'l> {
    let mut facts = GroupFacts::new(service, group, block, Vec::new());
    let asked = Asked::of(lab, service, group);
    for at in asked.candidates() {
        let node = &lab.nodes[at];
        if asked.excludes(node).next().is_none() {
            match offered(lab, service, group, node).into_iter().next() {
                Some(obstacle) => facts.lacking.push((at, obstacle)),
                None => facts.nodes.push(at),
            }
        }
    }
    facts
}

/// What a job says about where a group runs: pool, datacenters, constraints.
struct Asked<'l> {
    lab: &'l Lab,
    service: &'l Service,
    group: &'l Group,
    pool: Option<Spanned<&'l str>>,
    /// The `datacenters` that leave out the lab's.
    elsewhere: Option<Span>,
    conditions: Vec<Condition<'l>>,
}

impl<'l> Asked<'l> {
    fn of(lab: &'l Lab, service: &'l Service, group: &'l Group) -> Self {
        let job = &service.job.body;
        let here = || job.strings("datacenters").any(|name| glob(name.value, &lab.datacenter));
        let elsewhere = job.attribute("datacenters").filter(|_| !here()).map(|attribute| attribute.value.span);
        let conditions = group.constraints.iter().map(Condition::new).collect();
        Self { lab, service, group, pool: job.str("node_pool"), elsewhere, conditions }
    }

    /// Indices of the nodes that it may be about, ascending: those that it names, or all.
    fn candidates(&self) -> Vec<usize> {
        let Some(names) = self.conditions.iter().find_map(Condition::names) else {
            return (0..self.lab.nodes.len()).collect();
        };
        let mut named: Vec<usize> = names.into_iter().filter_map(|name| self.lab.node(name)).collect();
        named.sort_unstable();
        named.dedup();
        named
    }

    /// What the job says that leaves out a node.
    fn excludes<'a>(&'a self, node: &'a Node) -> impl Iterator<Item = Obstacle<'l>> + use<'a, 'l> {
        let pool = self.pool.map_or("default", |pool| pool.value);
        let elsewhere = (pool != "all" && pool != node.pool.value).then_some(Obstacle::Pool(self.pool));
        let failed = self.conditions.iter().filter(|condition| condition.holds(node, self.lab) == Some(false));
        let first = (!node.client).then_some(Obstacle::NoClient).into_iter();
        first
            .chain(elsewhere)
            .chain(self.elsewhere.map(Obstacle::Datacenter))
            .chain(failed.map(|condition| Obstacle::Constraint(condition.constraint)))
    }
}

/// Whether a datacenter fits a name in which `*` stands for anything.
fn glob(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, rest)) => name
            .strip_prefix(before)
            .is_some_and(|behind| (0..=behind.len()).any(|at| behind.get(at..).is_some_and(|tail| glob(rest, tail)))),
    }
}

/// What the node must have and doesn't: drivers, platforms, devices, networks, volumes.
fn offered<'l>(lab: &Lab, service: &'l Service, group: &'l Group, node: &Node) -> Vec<Obstacle<'l>> {
    let mut lacks = Vec::new();
    for task in &group.tasks {
        if !node.drivers.iter().any(|driver| driver.value == task.driver.value) {
            lacks.push(Obstacle::Driver(&task.driver));
        }
        if let Some(image) = &task.image
            && let Some(stated) = service
                .platforms
                .iter()
                .filter(|stated| stated.image == image.value)
                .find(|stated| !stated.arches.contains(&node.arch.value))
        {
            lacks.push(Obstacle::Platform { image, stated });
        }
    }
    let devices = group.tasks.iter().flat_map(|task| &task.devices);
    lacks.extend(devices.filter(|device| !has_enough(node, group, device)).map(Obstacle::Device));
    let networks = group.ports.iter().filter_map(|port| port.network.as_ref());
    lacks.extend(networks.filter(|network| !has_network(lab, node, network)).map(Obstacle::Network));
    for volume in group.volumes.iter().filter(|volume| volume.kind == "host") {
        match node.host_volumes.iter().find(|offered| offered.name.value == volume.source.value) {
            None if has_own_volume(node, &volume.source) => {}
            None => lacks.push(Obstacle::Volume(&volume.source)),
            Some(offered) if offered.read_only && !volume.read_only => {
                lacks.push(Obstacle::ReadOnlyVolume(&volume.source));
            }
            Some(_) => {}
        }
    }
    lacks
}

/// Whether a node has as many of a device as all tasks of a group ask for.
fn has_enough(node: &Node, group: &Group, device: &Device) -> bool {
    let same = group.tasks.iter().flat_map(|task| &task.devices).filter(|other| other.name.value == device.name.value);
    let offered = node.devices.iter().filter(|has| fits(&device.name, &has.name));
    let (asked, there) = (same.map(|device| device.count), offered.map(|device| device.count));
    let there = there.reduce(u64::saturating_add);
    there.is_some_and(|there| asked.fold(0, u64::saturating_add) <= there)
}

/// Whether a device that is asked for (`gpu`, `nvidia/gpu`, `nvidia/gpu/RTX 3090`) is one that a node has. What the node
/// doesn't say of its own fits anything.
fn fits(asked: &str, offered: &str) -> bool {
    let same = |one: Option<&str>, other: Option<&str>| one.zip(other).is_none_or(|(one, other)| one == other);
    let ((vendor, kind, model), (of_vendor, of_kind, of_model)) = (device_name(asked), device_name(offered));
    kind == of_kind && same(vendor, of_vendor) && same(model, of_model)
}

/// Vendor, type and model.
fn device_name(name: &str) -> (Option<&str>, &str, Option<&str>) {
    let mut parts = name.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(vendor), Some(kind), model) => (Some(vendor), kind, model),
        _ => (None, name, None),
    }
}

/// Whether a node has a network of this name, or might: what is asked with `${…}` only the machine can tell.
fn has_network(lab: &Lab, node: &Node, name: &str) -> bool {
    let own = || node.nomad.block("client").is_some_and(|client| has_label(&client.body, "host_network", name));
    name == "default" || name.contains("${") || lab.networks_of(node).any(|network| network == name) || own()
}

/// Whether a node's own words for its agent offer a host volume.
fn has_own_volume(node: &Node, name: &str) -> bool {
    node.nomad.block("client").is_some_and(|client| has_label(&client.body, "host_volume", name))
}

/// Whether a body has such a block of this name.
fn has_label(body: &Body, block: &str, name: &str) -> bool {
    body.blocks(block).any(|block| block.label().is_some_and(|label| label.value == name))
}

fn node_facts<'l>(node: &'l Node, here: Vec<usize>, groups: &[GroupFacts<'l>]) -> NodeFacts<'l> {
    let mut facts = NodeFacts {
        node,
        groups: Vec::new(),
        docker_volumes: false,
        docker_privileged: false,
        docker_capabilities: Vec::new(),
        kill_timeout: 0,
        ports: Vec::new(),
    };
    for (index, group) in here.iter().map(|index| (*index, &groups[*index])) {
        facts.ports.extend(group.group.ports.iter().filter(|port| port.fixed.is_some()).map(|port| (index, port)));
        let slowest = group.group.tasks.iter().map(|task| task.kill_timeout).max();
        facts.kill_timeout = facts.kill_timeout.max(slowest.unwrap_or_default());
        for task in group.group.tasks.iter().filter(|task| task.driver.value == "docker") {
            facts.docker_volumes |= !task.mounts.is_empty();
            facts.docker_privileged |= task.privileged.is_some();
            for capability in &task.capabilities {
                let name = capability.to_ascii_lowercase();
                let name = name.strip_prefix("cap_").unwrap_or(&name).to_owned();
                if !DEFAULT_CAPABILITIES.contains(&name.as_str()) {
                    facts.docker_capabilities.push(name);
                }
            }
        }
    }
    facts.docker_capabilities.sort();
    facts.docker_capabilities.dedup();
    NodeFacts { groups: here, ..facts }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lab of three nodes, two of them with a volume, with this service.
    fn lab(service: &str) -> Lab {
        let mut world = crate::source::MemoryWorld::default();
        world.insert("lab.kdl", "lab \"a\" { domain \"a.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }");
        for (name, more) in [("n1", "server"), ("n2", "class \"x\""), ("n3", "class \"x\"")] {
            let number = &name[1..];
            let volume = if name == "n3" { "" } else { "host-volume \"v\" path=\"/v\"" };
            let node = format!("node \"{name}\" {{ address \"10.0.0.{number}\"; arch \"amd64\"; {more}; {volume} }}");
            world.insert(format!("nodes/{name}.kdl"), node);
        }
        world.insert("services/s.kdl", format!("service \"s\" {{ image \"i:1\"; {service} }}"));
        crate::check(&world).lab.unwrap()
    }

    #[test]
    fn a_group_keeps_exactly_the_nodes_without_an_obstacle() {
        for (service, can, lacks) in [
            ("", vec![0, 1, 2], vec![]),
            ("volume \"v\" to=\"/v\"", vec![0, 1], vec![2]),
            ("volume \"v\" to=\"/v\"; on class=\"x\"", vec![1], vec![2]),
            ("volume \"v\" to=\"/v\"; on node=\"n3\"", vec![], vec![2]),
            ("on { node \"n3\" \"n1\" \"n3\" \"n9\" }", vec![0, 2], vec![]),
            ("on node=\"n2\"; on class=\"x\"", vec![1], vec![]),
            ("on node=\"n1\"; on class=\"x\"", vec![], vec![]),
            (r#"constraint attribute="${node.unique.name}" operator="!=" value="n2""#, vec![0, 2], vec![]),
            (r#"constraint attribute="${node.unique.name}" operator="regexp" value="[23]$""#, vec![1, 2], vec![]),
            (r#"constraint attribute="${node.unique.name}" value="${attr.unique.hostname}""#, vec![0, 1, 2], vec![]),
            (r#"constraint attribute="${attr.unique.hostname}" value="n3""#, vec![2], vec![]),
            (r#"constraint attribute="${attr.of.the.machine}" value="1""#, vec![0, 1, 2], vec![]),
        ] {
            let lab = lab(service);
            let analysis = analyze(&lab);
            let facts = &analysis.groups[0];
            let lacking: Vec<usize> = facts.lacking.iter().map(|(at, _)| *at).collect();
            assert_eq!((&facts.nodes, &lacking), (&can, &lacks), "{service}");
            let free: Vec<bool> = analysis.obstacles(facts).map(|(_, obstacle)| obstacle.is_none()).collect();
            let expected: Vec<bool> = (0..3).map(|at| can.contains(&at)).collect();
            assert_eq!(free, expected, "{service}");
            for (at, facts) in analysis.nodes.iter().enumerate() {
                assert_eq!(facts.groups.len(), usize::from(can.contains(&at)), "{service}");
            }
        }
    }

    #[test]
    fn what_a_node_says_to_its_agent_counts() {
        let mut world = crate::source::MemoryWorld::default();
        world.insert("lab.kdl", "lab \"a\" { domain \"a.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }");
        let client = r#"node_class "y"; node_pool "edge"; cpu_total_compute 9000; memory_total_mb 2048;
            meta { rack "7" }; reserved { memory 100 }; host_network "guests" { cidr "10.9.0.0/24" };
            host_volume "own" { path "/own" }; options { "driver.allowlist" "docker,exec" }"#;
        let node =
            format!("address \"10.0.0.1\"; arch \"amd64\"; class \"x\"; server; nomad {{ client {{ {client} }} }}");
        world.insert("nodes/n.kdl", format!("node \"n\" {{ {node} }}"));
        for (name, asks) in [
            ("a", "on class=\"y\" pool=\"edge\""),
            ("b", "on pool=\"edge\"; driver \"exec\"; config { command \"/bin/true\" }"),
            ("c", "on pool=\"edge\"; port \"p\" static=80 host-network=\"guests\"; volume \"own\" to=\"/own\""),
            ("d", "on pool=\"edge\"; constraint attribute=\"${meta.rack}\" operator=\"<\" value=\"10\""),
        ] {
            let image = if name == "b" { "" } else { "image \"i:1\";" };
            world.insert(format!("services/{name}.kdl"), format!("service \"{name}\" {{ {image} {asks} }}"));
        }
        let checked = crate::check(&world);
        let errors: Vec<String> = checked.diagnostics.iter().map(|it| it.message.clone()).collect();
        let lab = checked.lab.unwrap();
        let analysis = analyze(&lab);
        let can: Vec<usize> = analysis.groups.iter().map(|facts| facts.nodes.len()).collect();
        assert_eq!(can, [1, 1, 1, 1], "{errors:?}");
        let node = &lab.nodes[0];
        let has = |kind| crate::analyze::room::has(node, &kind);
        assert_eq!(has(crate::analyze::room::Kind::Cpu), 8500);
        assert_eq!(has(crate::analyze::room::Kind::Memory), 1948);
    }

    #[test]
    fn a_group_takes_what_its_tasks_take_at_the_same_time() {
        let lab = lab(r#"memory "400MiB"; cpu 300; init "before" { image "i:1"; memory "1GiB" }
            sidecar "beside" { image "i:1"; memory "100MiB" }
            task "after" { image "i:1"; memory "900MiB"; nomad-task { lifecycle { hook "poststop" } } }"#);
        let taken = lab.services[0].groups[0].resources;
        // Before: 1024 and 100; at the same time: 400 and 100; after: 900.
        assert_eq!((taken.memory >> 20, taken.cpu), (1124, 400));
    }

    #[test]
    fn datacenters_may_be_patterns() {
        assert!(glob("*", "home") && glob("home", "home") && glob("ho*", "home") && glob("h*e", "home"));
        assert!(!glob("dc1", "home") && !glob("h*x", "home"));
    }

    #[test]
    fn devices_fit_by_kind_vendor_and_model() {
        assert!(fits("gpu", "nvidia/gpu") && fits("nvidia/gpu", "nvidia/gpu"));
        assert!(
            fits("nvidia/gpu", "nvidia/gpu/T4") && fits("nvidia/gpu/T4", "nvidia/gpu") && fits("nvidia/gpu", "gpu")
        );
        assert!(!fits("amd/gpu", "nvidia/gpu") && !fits("tpu", "nvidia/gpu") && !fits("nvidia/gpu/A", "nvidia/gpu/B"));
    }
}
