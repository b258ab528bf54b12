//! The files around imported services: `lab.kdl`, and the machines as far as they can be told.

use super::draft::{Draft, Wants};
use super::kdl::{Node, Scalar, write};
use super::raise::defaults;
use super::words::House;
use std::collections::{BTreeMap, BTreeSet};

/// The reverse proxy that a lab with routes gets, and the volume that its integration keeps certificates in.
const PROXY: (&str, &str) = ("caddy", "caddy-data");

/// The datacenter of a lab whose services name none.
const HOME: &str = "home";

/// The network of the lab.
pub(super) const LAN: &str = "lan";

/// All files of the new lab with their paths, sorted.
#[must_use]
pub(super) fn files(drafts: &[Draft], house: Option<&House>) -> Vec<(String, String)> {
    let mut wants = Wants::default();
    drafts.iter().for_each(|draft| wants.add(&draft.wants));
    if wants.proxy {
        wants.volumes.insert(PROXY.1.to_owned());
    }
    let mut files: Vec<(String, String)> = drafts.iter().flat_map(Draft::texts).collect();
    files.push(("lab.kdl".into(), write(&[lab(&wants, house)])));
    files.extend(nodes(drafts, &wants).into_iter().map(|(name, node)| (format!("nodes/{name}.kdl"), write(&[node]))));
    files.sort();
    files
}

/// The lab: what holds for all of its services.
pub(super) fn lab(wants: &Wants, house: Option<&House>) -> Node {
    let named = wants.datacenters.first().filter(|_| wants.datacenters.len() == 1).map_or(HOME, String::as_str);
    let datacenter = house.map_or(named, |house| house.datacenter.as_str());
    let datacenter = if datacenter == HOME { named } else { datacenter };
    let mut lab = Node::new("lab")
        .arg("home")
        .child(
            Node::new("domain")
                .arg(wants.domain.as_deref().unwrap_or("home.example.com"))
                .comment("fill in: the domain that services are found below"),
        )
        .child(Node::new("datacenter").arg(datacenter))
        .child(
            Node::new("network")
                .arg(LAN)
                .prop("cidr", "192.168.1.0/24")
                .comment("fill in: the addresses of the network that the machines are on"),
        );
    if house.is_some_and(|house| house.nomad_discovery) {
        lab = lab.child(Node::new("discovery").arg("nomad"));
    }
    if let Some(house) = house {
        let defaults = defaults(house).attributes.into_iter();
        let defaults =
            defaults.fold(Node::new("defaults"), |node, it| node.child(Node::new(it.name).arg(Scalar::Null)));
        lab = lab.child(defaults.comment("what the job files leave to Nomad"));
    }
    secrets(wants, &mut lab);
    if wants.proxy {
        let proxy = Node::new("reverse-proxy").arg(PROXY.0).prop("email", "you@example.com");
        lab = lab.child(proxy.comment("fill in: the address that the authority for certificates may write to"));
    }
    if !wants.values.is_empty() || !wants.open.is_empty() {
        let values = wants.values.iter();
        let mut node = values.fold(Node::new("values"), |node, (name, value)| {
            let value = Node::new(name.clone()).arg(value.clone());
            node.child(match wants.notes.get(name) {
                Some(note) => value.comment(note.clone()),
                None => value,
            })
        });
        // Until a person gives them a value, the lab doesn't compile.
        for name in &wants.open {
            let open = Node::new(name.clone()).arg("…");
            node = node.child(Node { idle: true, ..open.comment("fill in, and remove the `//`") });
        }
        lab = lab.child(node);
    }
    lab
}

/// The stores of secrets, with what they have to hold.
fn secrets(wants: &Wants, lab: &mut Node) {
    let mut store: Option<Node> = None;
    for ((name, path), keys) in &wants.secrets {
        let holds = Node::new("holds").arg(path.as_str());
        let keys = keys.iter().fold(Node::new("keys"), |node, key| node.arg(key.as_str()));
        let holds = holds.child(keys);
        store = Some(match store.take() {
            Some(open) if open.entries[0].value == name.as_str().into() => open.child(holds),
            open => {
                lab.children.get_or_insert_default().extend(open);
                Node::new("secrets").arg(name.as_str()).child(holds)
            }
        });
    }
    lab.children.get_or_insert_default().extend(store);
}

/// The machines that services name, for a person to complete, by the names of their files.
fn nodes(drafts: &[Draft], wants: &Wants) -> BTreeMap<String, Node> {
    let mut nodes = BTreeMap::new();
    for name in &wants.nodes {
        let volumes = volumes(drafts, wants, |other| other.nodes.is_empty() || other.nodes.contains(name));
        nodes.insert(file_name(name), stub(name, None, &volumes, wants));
    }
    for class in &wants.classes {
        let volumes = volumes(drafts, wants, |other| other.classes.is_empty() || other.classes.contains(class));
        nodes.entry(file_name(class)).or_insert_with(|| stub(class, Some(class), &volumes, wants));
    }
    if nodes.is_empty() {
        nodes.insert("server".into(), stub("server", None, &wants.volumes, wants));
    }
    if let [name] = nodes.keys().cloned().collect::<Vec<_>>().as_slice()
        && wants.nodes.is_empty()
    {
        let class = wants.classes.first().map(String::as_str);
        for at in 2..=wants.machines {
            let other = format!("{name}-{at}");
            let mut node = stub(&other, class, &wants.volumes, wants);
            node.children.get_or_insert_default().retain(|child| child.name != "server");
            nodes.insert(other, node);
        }
    }
    for (at, node) in nodes.values_mut().enumerate() {
        let children = node.children.iter_mut().flatten();
        for address in children.filter(|child| child.name == "address").flat_map(|child| &mut child.entries) {
            address.value = format!("192.168.1.{}", 10 + at % 200).into();
        }
    }
    nodes
}

/// The host volumes that these services ask for, or none of the services.
fn volumes(drafts: &[Draft], wants: &Wants, of: impl Fn(&Wants) -> bool) -> BTreeSet<String> {
    let others = drafts.iter().filter(|draft| !of(&draft.wants));
    let others: BTreeSet<&String> = others.flat_map(|draft| &draft.wants.volumes).collect();
    let own = drafts.iter().filter(|draft| of(&draft.wants));
    let own: BTreeSet<&String> = own.flat_map(|draft| &draft.wants.volumes).collect();
    wants.volumes.iter().filter(|volume| own.contains(volume) || !others.contains(volume)).cloned().collect()
}

/// A name that a file can have.
fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '-' };
    name.chars().take(60).map(plain).collect()
}

fn stub(name: &str, class: Option<&str>, volumes: &BTreeSet<String>, wants: &Wants) -> Node {
    let said = match class {
        Some(class) => format!(
            "A machine of class `{class}`, which services ask for. Give it its name, and each further one a file."
        ),
        None => format!("`{name}`, as far as services tell of it. Fill in what is its own, and take the `//` away."),
    };
    let node = Node { idle: true, ..Node::new("node").arg(name).comment(said) };
    let arch = wants.arches.first().filter(|_| wants.arches.len() == 1).map_or("amd64", String::as_str);
    let mut node = node
        .child(Node::new("address").arg("192.168.1.10").comment("fill in"))
        .child(Node::new("arch").arg(arch).comment("or `arm64`"))
        .child(Node::new("server").comment("on one or three machines: they run Nomad's and Consul's servers"));
    if let Some(class) = class {
        node = node.child(Node::new("class").arg(class));
    }
    if wants.drivers.iter().any(|driver| driver != "docker") {
        let drivers = wants.drivers.iter().fold(Node::new("drivers"), |node, driver| node.arg(driver.as_str()));
        node = node.child(drivers.comment("those that the machine has"));
    }
    for pool in wants.pools.iter().filter(|pool| *pool != "default" && *pool != "all") {
        node = node.child(Node::new("pool").arg(pool.as_str()).comment("where the machine is in it"));
    }
    for (at, volume) in volumes.iter().enumerate() {
        let place = wants.places.get(volume).cloned().unwrap_or_default();
        let path = if place.path == Scalar::Null { format!("/srv/{volume}").into() } else { place.path };
        let mut offered = Node::new("host-volume").arg(volume.as_str()).prop("path", path);
        if let Some(owner) = place.owner {
            offered = offered.prop("owner", owner);
        }
        offered.trailing = place.note;
        let mut first = place.mount.into_iter().chain([offered]);
        let lead = first.next().map(|node| match at {
            0 => node.comment("fill in where each is, and leave out what the machine hasn't"),
            _ => node,
        });
        node.children.get_or_insert_default().extend(lead.into_iter().chain(first));
    }
    for device in &wants.devices {
        node = node.child(Node::new("device").arg(device.as_str()));
    }
    let networks = wants.networks.iter().map(|name| {
        let network = Node::new("host_network").arg(name.as_str()).prop("cidr", "10.0.0.0/8");
        network.comment("fill in: the addresses of this network, which services take ports on")
    });
    let client = networks.fold(Node::new("client"), Node::child);
    if client.children.is_some() {
        node = node.child(Node::new("nomad").child(client));
    }
    let meta = wants.meta.iter().fold(Node::new("meta"), |node, (key, value)| node.prop(key.clone(), value.as_str()));
    if !meta.entries.is_empty() {
        node = node.child(meta.comment("services ask for one or more of these"));
    }
    node
}
