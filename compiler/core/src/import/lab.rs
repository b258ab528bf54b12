//! The files around imported services: `lab.kdl`, and the machines as far as they can be told.

use super::draft::{Draft, Wants};
use super::kdl::{Node, Scalar, write};

/// All files of the new lab with their paths, sorted.
#[must_use]
pub fn files(drafts: &[Draft]) -> Vec<(String, String)> {
    let mut wants = Wants::default();
    drafts.iter().for_each(|draft| wants.add(&draft.wants));
    let mut files: Vec<(String, String)> = drafts.iter().flat_map(Draft::texts).collect();
    files.push(("lab.kdl".into(), write(&[lab(&wants)])));
    files.push(("nodes/nodes.kdl".into(), write(&nodes(&wants))));
    files.sort();
    files
}

/// The lab: what holds for all of its services.
fn lab(wants: &Wants) -> Node {
    let datacenter = wants.datacenters.first().map_or("home", String::as_str);
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
                .arg("lan")
                .prop("cidr", "192.168.1.0/24")
                .comment("fill in: the addresses of the network that the machines are on"),
        );
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
    if wants.proxy {
        let proxy = Node::new("reverse-proxy").arg("caddy").prop("email", "you@example.com");
        lab = lab.child(proxy.comment("fill in: the address that the authority for certificates may write to"));
    }
    if !wants.values.is_empty() || !wants.open.is_empty() {
        let values = wants.values.iter();
        let mut node = values
            .fold(Node::new("values"), |node, (name, value)| node.child(Node::new(name.clone()).arg(value.clone())));
        // Until a person gives them a value, the lab doesn't compile.
        for name in &wants.open {
            let open = Node::new(name.clone()).arg("…");
            node = node.child(Node { idle: true, ..open.comment("fill in, and remove the `//`") });
        }
        lab = lab.child(node);
    }
    lab
}

/// The machines that services name, for a person to complete.
fn nodes(wants: &Wants) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    for name in &wants.nodes {
        nodes.push(stub(name, None, wants));
    }
    for class in &wants.classes {
        nodes.push(stub(class, Some(class), wants));
    }
    if nodes.is_empty() {
        nodes.push(stub("server", None, wants));
    }
    if let Some(first) = nodes.first_mut() {
        let comments = [
            "The machines that services run on, as far as their constraints and volumes tell.",
            "Take up each one that there is: fill in its address and architecture, remove the `//`, and what it doesn't have.",
        ];
        first.comments.splice(0..0, comments.map(str::to_owned));
    }
    nodes
}

fn stub(name: &str, class: Option<&str>, wants: &Wants) -> Node {
    let mut node = Node { idle: true, ..Node::new("node").arg(name).apart() };
    node = node.child(Node::new("address").arg("192.168.1.10")).child(Node::new("arch").arg("amd64"));
    if let Some(class) = class {
        node = node.child(Node::new("class").arg(class));
    }
    for volume in &wants.volumes {
        let place = wants.places.get(volume).cloned().unwrap_or_default();
        let path = if place.path == Scalar::Null { format!("/srv/{volume}").into() } else { place.path };
        let mut offered = Node::new("host-volume").arg(volume.as_str()).prop("path", path);
        if let Some(owner) = place.owner {
            offered = offered.prop("owner", owner);
        }
        offered.trailing = place.note;
        if let Some(mount) = place.mount {
            node = node.child(mount);
        }
        node = node.child(offered);
    }
    for device in &wants.devices {
        node = node.child(Node::new("device").arg(device.as_str()));
    }
    node
}
