//! What the firewall lets in.

use super::lab::{analysis, at, file, lab, port, route, service};
use crate::model::{Discovery, Lab, Protocol};
use insta::assert_snapshot;

/// The rules of a node, without ufw's words that they have in common.
fn rules(lab: &Lab, node: &str) -> String {
    let script = file(lab, &format!("nodes/{node}/ufw.sh"));
    let rules = script.lines().filter_map(|line| line.strip_prefix("ufw allow "));
    rules.map(|rule| rule.replace(" to any port", "")).collect::<Vec<_>>().join("\n")
}

/// What may reach published ports of containers.
fn forwarded(lab: &Lab, node: &str) -> String {
    let script = file(lab, &format!("nodes/{node}/ufw.sh"));
    let rules = script.lines().filter(|line| line.starts_with("-A hlmc") && line.contains("ctorigdstport"));
    rules.map(|rule| rule.replace("-m conntrack --ctorigdstport ", "")).collect::<Vec<_>>().join("\n")
}

#[test]
fn n6_the_nas_lets_members_in_by_its_role_and_the_lan_to_what_it_serves() {
    assert_snapshot!(rules(&lab(), "nas"), @r#"
    from 192.168.1.0/24 22 proto tcp comment 'hlmc: ssh'
    from 192.168.1.121 4646,4647,4648,8300,8301,20000:32000 proto tcp comment 'hlmc: members'
    from 192.168.1.122 4646,4647,4648,8300,8301,20000:32000 proto tcp comment 'hlmc: members'
    from 192.168.1.121 4648,8301,20000:32000 proto udp comment 'hlmc: members'
    from 192.168.1.122 4648,8301,20000:32000 proto udp comment 'hlmc: members'
    in on docker0 20000:32000 proto tcp comment 'hlmc: containers'
    in on nomad 20000:32000 proto tcp comment 'hlmc: containers'
    in on docker0 20000:32000 proto udp comment 'hlmc: containers'
    in on nomad 20000:32000 proto udp comment 'hlmc: containers'
    from 192.168.1.0/24 53 proto tcp comment 'hlmc: dnsmasq'
    in on docker0 53 proto tcp comment 'hlmc: dnsmasq'
    in on nomad 53 proto tcp comment 'hlmc: dnsmasq'
    from 192.168.1.0/24 53 proto udp comment 'hlmc: dnsmasq'
    in on docker0 53 proto udp comment 'hlmc: dnsmasq'
    in on nomad 53 proto udp comment 'hlmc: dnsmasq'
    from any port 68 67 proto udp comment 'hlmc: dnsmasq'
    from 192.168.1.0/24 137 proto udp comment 'hlmc: samba'
    from 192.168.1.0/24 138 proto udp comment 'hlmc: samba'
    from 192.168.1.0/24 139 proto tcp comment 'hlmc: samba'
    from 192.168.1.0/24 445 proto tcp comment 'hlmc: samba'
    from 192.168.1.0/24 443 proto tcp comment 'hlmc: caddy'
    in on docker0 443 proto tcp comment 'hlmc: caddy'
    in on nomad 443 proto tcp comment 'hlmc: caddy'
    from 192.168.1.0/24 443 proto udp comment 'hlmc: caddy'
    in on docker0 443 proto udp comment 'hlmc: caddy'
    in on nomad 443 proto udp comment 'hlmc: caddy'
    from 192.168.1.0/24 80 proto tcp comment 'hlmc: caddy'
    in on docker0 80 proto tcp comment 'hlmc: caddy'
    in on nomad 80 proto tcp comment 'hlmc: caddy'
    from 192.168.1.0/24 9100 proto tcp comment 'hlmc: node-exporter'
    in on docker0 9100 proto tcp comment 'hlmc: node-exporter'
    in on nomad 9100 proto tcp comment 'hlmc: node-exporter'
    "#);
}

#[test]
fn n6_a_pi_lets_members_in_by_its_role() {
    assert_snapshot!(rules(&lab(), "pi5-1"), @r#"
    from 192.168.1.0/24 22 proto tcp comment 'hlmc: ssh'
    from 192.168.1.119 4646,8301,20000:32000 proto tcp comment 'hlmc: members'
    from 192.168.1.122 4646,8301,20000:32000 proto tcp comment 'hlmc: members'
    from 192.168.1.119 8301,20000:32000 proto udp comment 'hlmc: members'
    from 192.168.1.122 8301,20000:32000 proto udp comment 'hlmc: members'
    in on docker0 20000:32000 proto tcp comment 'hlmc: containers'
    in on nomad 20000:32000 proto tcp comment 'hlmc: containers'
    in on docker0 20000:32000 proto udp comment 'hlmc: containers'
    in on nomad 20000:32000 proto udp comment 'hlmc: containers'
    from 192.168.1.0/24 9100 proto tcp comment 'hlmc: node-exporter'
    in on docker0 9100 proto tcp comment 'hlmc: node-exporter'
    in on nomad 9100 proto tcp comment 'hlmc: node-exporter'
    "#);
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
    assert_snapshot!(forwarded(&lab(), "nas"), @r#"
    -A hlmc -s 192.168.1.121 -p tcp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.122 -p tcp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.121 -p udp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.122 -p udp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.0/24 -p tcp 443 -j RETURN
    -A hlmc -s 192.168.1.0/24 -p udp 443 -j RETURN
    -A hlmc -s 192.168.1.0/24 -p tcp 80 -j RETURN
    -A hlmc -s 192.168.1.0/24 -p tcp 9100 -j RETURN
    "#);
    assert_snapshot!(forwarded(&lab(), "pi5-1"), @r#"
    -A hlmc -s 192.168.1.119 -p tcp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.122 -p tcp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.119 -p udp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.122 -p udp 20000:32000 -j RETURN
    -A hlmc -s 192.168.1.0/24 -p tcp 9100 -j RETURN
    "#);
    let script = file(&lab(), "nodes/nas/ufw.sh");
    assert!(script.contains("\n-A hlmc -j DROP\nCOMMIT\n"), "{script}");
}

#[test]
fn only_a_public_route_opens_the_proxy_to_everybody() {
    let mut lab = lab();
    lab.services[1].routes.push(route("cloud.home.example.com", true));
    lab.services[0].groups[0].ports.push(port("metrics", 2019, Protocol::Tcp));
    let rules = rules(&lab, "nas");
    let open: Vec<&str> =
        rules.lines().filter(|rule| !rule.starts_with("from 192") && !rule.starts_with("in on")).collect();
    assert_eq!(
        open,
        [
            "from any port 68 67 proto udp comment 'hlmc: dnsmasq'",
            "443/tcp comment 'hlmc: caddy'",
            "443/udp comment 'hlmc: caddy'",
            "80/tcp comment 'hlmc: caddy'",
        ]
    );
    assert!(forwarded(&lab, "nas").contains("-A hlmc -p tcp 443 -j RETURN"));
}

#[test]
fn one_rule_names_all_who_asked_for_it() {
    let mut lab = lab();
    lab.services.push(service("other-exporter", Some((9100, Protocol::Tcp))));
    let rules = rules(&lab, "pi5-1");
    let lan: Vec<&str> = rules.lines().filter(|rule| rule.starts_with("from 192.168.1.0/24 9100")).collect();
    assert_eq!(lan, ["from 192.168.1.0/24 9100 proto tcp comment 'hlmc: node-exporter, other-exporter'"]);
}

#[test]
fn without_a_network_ssh_stays_open_and_the_rest_is_for_private_addresses() {
    let mut lab = lab();
    lab.networks.clear();
    lab.nodes[1].ssh.port = Some(2222);
    let rules = rules(&lab, "pi5-1");
    assert!(rules.starts_with("2222/tcp comment 'hlmc: ssh'\n"), "{rules}");
    assert!(rules.contains("from 10.0.0.0/8 9100 proto tcp"), "{rules}");
}

#[test]
fn a_node_outside_of_the_networks_is_let_in_by_its_address() {
    let mut lab = lab();
    lab.nodes[2].address = at([10, 44, 0, 2].into());
    assert!(rules(&lab, "nas").contains("from 10.44.0.2 443 proto tcp comment 'hlmc: caddy'"));
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
    let script = file(&lab, "nodes/nas/ufw.sh");
    assert!(!script.contains("DOCKER-USER") && !script.contains("docker0") && !script.contains("20000"), "{script}");
}
