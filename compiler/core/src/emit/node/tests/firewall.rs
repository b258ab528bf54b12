//! What the firewall lets in.

use super::lab::{analysis, at, file, lab, port, route, service};
use crate::model::{Discovery, Lab, Protocol};
use insta::assert_snapshot;

/// One of the lists in a script: `allowed`, who is let into the machine, or `published`, who to published ports of containers.
fn list(lab: &Lab, node: &str, name: &str) -> String {
    let script = file(lab, &format!("nodes/{node}/ufw.sh"));
    let (_, list) = script.split_once(&format!("\n{name}() {{\n    cat <<'END'\n")).unwrap();
    list.split("END\n}\n").next().unwrap().trim_end().to_owned()
}

fn rules(lab: &Lab, node: &str) -> String {
    list(lab, node, "allowed")
}

/// The addresses behind a word in the lists.
fn addresses(lab: &Lab, node: &str, who: &str) -> String {
    let script = file(lab, &format!("nodes/{node}/ufw.sh"));
    script.lines().find_map(|line| line.strip_prefix(&format!("{who}="))).unwrap().to_owned()
}

#[test]
fn n6_the_nas_lets_members_in_by_its_role_and_the_lan_to_what_it_serves() {
    assert_snapshot!(rules(&lab(), "nas"), @"
    lan 22 tcp ssh
    members 4646,4647,4648,8300,8301,20000:32000 tcp members
    members 4648,8301,20000:32000 udp members
    containers 20000:32000 tcp containers
    containers 20000:32000 udp containers
    lan 53 tcp dnsmasq
    containers 53 tcp dnsmasq
    lan 53 udp dnsmasq
    containers 53 udp dnsmasq
    newcomers 67 udp dnsmasq
    lan 137 udp samba
    lan 138 udp samba
    lan 139 tcp samba
    lan 445 tcp samba
    lan 443 tcp caddy
    containers 443 tcp caddy
    lan 443 udp caddy
    containers 443 udp caddy
    lan 80 tcp caddy
    containers 80 tcp caddy
    lan 9100 tcp node-exporter
    containers 9100 tcp node-exporter
    ");
    let of = |who| addresses(&lab(), "nas", who);
    assert_eq!(of("members"), "'192.168.1.121 192.168.1.122'");
    assert_eq!((of("lan"), of("bridges")), ("'192.168.1.0/24'".to_owned(), "'docker0 nomad'".to_owned()));
}

#[test]
fn n6_a_pi_lets_members_in_by_its_role() {
    assert_snapshot!(rules(&lab(), "pi5-1"), @"
    lan 22 tcp ssh
    members 4646,8301,20000:32000 tcp members
    members 8301,20000:32000 udp members
    containers 20000:32000 tcp containers
    containers 20000:32000 udp containers
    lan 9100 tcp node-exporter
    containers 9100 tcp node-exporter
    ");
    assert_eq!(addresses(&lab(), "pi5-1", "members"), "'192.168.1.119 192.168.1.122'");
}

#[test]
fn n6_daemons_are_open_on_the_nas_only() {
    for pi in ["pi5-1", "pi5-2"] {
        let rules = rules(&lab(), pi);
        assert!(!rules.contains("dnsmasq") && !rules.contains("samba"), "{rules}");
    }
}

#[test]
fn published_ports_are_filtered_like_the_machines_own() {
    assert_snapshot!(list(&lab(), "nas", "published"), @"
    members 20000:32000 tcp
    members 20000:32000 udp
    lan 443 tcp
    lan 443 udp
    lan 80 tcp
    lan 9100 tcp
    ");
    assert_snapshot!(list(&lab(), "pi5-1", "published"), @"
    members 20000:32000 tcp
    members 20000:32000 udp
    lan 9100 tcp
    ");
}

#[test]
fn only_a_public_route_opens_the_proxy_to_everybody() {
    let mut lab = lab();
    lab.services[1].routes.push(route("cloud.home.example.com", true));
    lab.services[0].groups[0].ports.push(port("metrics", 2019, Protocol::Tcp));
    let rules = rules(&lab, "nas");
    let open: Vec<&str> = rules.lines().filter(|rule| rule.starts_with("anyone") || rule.contains("67")).collect();
    assert_eq!(
        open,
        ["newcomers 67 udp dnsmasq", "anyone 443 tcp caddy", "anyone 443 udp caddy", "anyone 80 tcp caddy"]
    );
    assert!(list(&lab, "nas", "published").contains("anyone 443 tcp"));
}

#[test]
fn one_rule_names_all_who_asked_for_it() {
    let mut lab = lab();
    lab.services.push(service("other-exporter", Some((9100, Protocol::Tcp))));
    let rules = rules(&lab, "pi5-1");
    let lan: Vec<&str> = rules.lines().filter(|rule| rule.starts_with("lan 9100")).collect();
    assert_eq!(lan, ["lan 9100 tcp node-exporter, other-exporter"]);
}

#[test]
fn without_a_network_ssh_stays_open_and_the_rest_is_for_private_addresses() {
    let mut lab = lab();
    lab.networks.clear();
    lab.nodes[1].ssh.port = Some(2222);
    let rules = rules(&lab, "pi5-1");
    assert!(rules.starts_with("anyone 2222 tcp ssh\n"), "{rules}");
    assert!(rules.contains("\nlan 9100 tcp node-exporter\n"), "{rules}");
    assert_eq!(addresses(&lab, "pi5-1", "lan"), "'10.0.0.0/8 172.16.0.0/12 192.168.0.0/16'");
}

#[test]
fn a_node_outside_of_the_networks_is_let_in_by_its_address() {
    let mut lab = lab();
    lab.nodes[2].address = at([10, 44, 0, 2].into());
    assert_eq!(addresses(&lab, "nas", "lan"), "'192.168.1.0/24 10.44.0.2'");
    assert_eq!(addresses(&lab, "nas", "members"), "'192.168.1.121 10.44.0.2'");
}

#[test]
fn nothing_is_let_in_for_consul_where_there_is_none() {
    let mut lab = lab();
    lab.discovery = Discovery::Nomad;
    assert!(!rules(&lab, "nas").contains("consul"));
}

#[test]
fn a_node_without_services_filters_no_containers() {
    let mut lab = lab();
    lab.nodes[0].client = false;
    let analysis = analysis(&lab);
    assert_eq!(analysis.nodes[0].node.name.value, "nas");
    assert_eq!(addresses(&lab, "nas", "bridges"), "''");
    assert_eq!(list(&lab, "nas", "published"), "");
    let rules = rules(&lab, "nas");
    assert!(!rules.contains("containers") && !rules.contains("20000"), "{rules}");
}
