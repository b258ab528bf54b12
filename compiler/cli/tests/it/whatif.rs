//! `hlmc whatif`: what is said of nodes that stop.

use crate::lab::Lab;

/// Three servers, two of them small; a service of each fate.
fn lab() -> Lab {
    let lab = Lab::empty();
    lab.write("lab.kdl", "lab \"home\" {\n    domain \"home.example.com\"\n}\n");
    for (name, address, more) in [
        (
            "nas",
            10,
            "host-volume \"data\" path=\"/srv/data\"\n    runs \"dnsmasq\"\n    capacity cpu=8000 memory=\"16GiB\"\n",
        ),
        ("pi1", 11, "capacity cpu=8000 memory=\"4GiB\"\n"),
        ("pi2", 12, "capacity cpu=8000 memory=\"4GiB\"\n"),
    ] {
        let node = format!(
            "node \"{name}\" {{\n    address \"192.168.1.{address}\"\n    arch \"amd64\"\n    server\n    {more}}}\n"
        );
        lab.write(&format!("nodes/{name}.kdl"), &node);
    }
    for (name, body) in [
        ("db", "volume \"data\" to=\"/data\"\n    port \"sql\" to=5432\n    on node=\"nas\""),
        ("shop", "env DB=(address)\"db:sql\"\n    on { node \"pi1\" \"pi2\"; }"),
        ("exporter", "type \"system\""),
        ("large", "memory \"6GiB\"\n    on { node \"nas\" \"pi1\"; }"),
        ("vote", "count 3\n    distinct-hosts"),
    ] {
        lab.write(
            &format!("services/{name}.kdl"),
            format!("service \"{name}\" {{\n    image \"{name}:1\"\n    {body}\n}}\n"),
        );
    }
    lab
}

#[test]
fn one_node_down_tells_every_fate() {
    let said = lab().run(&["whatif", "--down", "nas"]);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let expected = "\
without nas:
  servers           2 of 3 left, a quorum: services are placed anew
  lost              db: no other node can run it
  lost              large: other nodes have no room for it
  goes on with less exporter, vote: 2 of 3 instances
  data out of reach data of db (nas:/srv/data)
  stops answering   dnsmasq on nas
  cut off           shop needs db
";
    assert_eq!(said.stdout, expected);
    let said = lab().run(&["whatif", "--down", "pi1"]);
    assert!(said.stdout.contains("  moves             shop: to pi2\n"), "{}", said.stdout);
    assert!(said.stdout.contains("  moves             large: to nas\n"), "{}", said.stdout);
}

#[test]
fn without_a_quorum_nothing_moves() {
    let said = lab().run(&["whatif", "--down", "pi1,nas"]);
    assert!(said.stdout.contains("servers           1 of 3 left, no quorum, which takes 2"), "{}", said.stdout);
    assert!(
        said.stdout.contains("lost for now      shop: could run on pi2, once there is a quorum"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.contains("goes on with less exporter, vote: 1 of 3 instances"), "{}", said.stdout);
    assert!(!said.stdout.contains("moves"), "{}", said.stdout);
}

#[test]
fn all_ranks_the_worst_first() {
    let said = lab().run(&["whatif", "--all"]);
    let nodes: Vec<&str> = said.stdout.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(nodes, ["node", "nas", "pi1", "pi2"]);
    let first = said.stdout.lines().nth(1).unwrap();
    assert_eq!(first, "nas   kept       2      0     2     1        1  db, large");
}

#[test]
fn programs_read_the_same() {
    let said = lab().run(&["whatif", "--down", "nas", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let outage = &document["outages"][0];
    let fates: Vec<(&str, &str)> = outage["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["service"].as_str().unwrap(), group["fate"].as_str().unwrap()))
        .collect();
    assert_eq!(fates, [("db", "lost"), ("exporter", "fewer"), ("large", "no-room"), ("vote", "fewer")]);
    assert_eq!(outage["servers"]["decide"], true);
    assert_eq!(outage["data"][0]["path"], "/srv/data");
    assert_eq!(outage["cut_off"][0]["needs"][0], "db");
}

#[test]
fn nodes_that_are_not_there_and_labs_with_errors_are_told() {
    let lab = lab();
    lab.run(&["whatif", "--down", "naz"]).fails(2, "did you mean `nas`?");
    lab.run(&["whatif"]).fails(2, "--down");
    lab.run(&["whatif", "--all", "--down", "nas"]).fails(2, "--all");
    lab.write("services/broken.kdl", "service \"broken\" {\n    image \"a:1\n}\n");
    lab.run(&["whatif", "--all"]).fails(1, "services/broken.kdl:2:");
}
