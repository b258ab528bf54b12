//! The lab of a NAS and two Raspberry Pi 5, row by row.

use crate::folder::{bundle, messages, paths, text};
use crate::world::world;
use hlmc_core::bundle::Bundle;
use hlmc_core::source::MemoryWorld;
use hlmc_core::{check, compile};

const NODES: [&str; 3] = ["nas", "pi5-1", "pi5-2"];
const NAS: &str = "192.168.1.119";

fn lab() -> MemoryWorld {
    world("golden/labs/nas-and-pis")
}

fn nomad<'b>(bundle: &'b Bundle, node: &str) -> &'b str {
    text(bundle, &format!("nodes/{node}/etc/nomad.d/nomad.hcl"))
}

fn consul<'b>(bundle: &'b Bundle, node: &str) -> &'b str {
    text(bundle, &format!("nodes/{node}/etc/consul.d/consul.hcl"))
}

fn jobs(bundle: &Bundle) -> Vec<(&str, &str)> {
    let paths = paths(bundle).into_iter().filter(|path| path.starts_with("nomad/jobs/"));
    paths.map(|path| (path, text(bundle, path))).collect()
}

fn has_line(text: &str, line: &str) -> bool {
    let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.lines().any(|other| squeezed(other) == line)
}

#[test]
fn n1_each_node_has_its_own_facts() {
    let bundle = bundle(&lab());
    for (node, address) in [("nas", NAS), ("pi5-1", "192.168.1.121"), ("pi5-2", "192.168.1.122")] {
        assert!(has_line(nomad(&bundle, node), &format!("name = \"{node}\"")), "{node}");
        assert!(has_line(nomad(&bundle, node), &format!("bind_addr = \"{address}\"")), "{node}");
    }
    let files = |node: &str| -> Vec<String> {
        let folder = format!("nodes/{node}/");
        paths(&bundle).iter().filter_map(|path| path.strip_prefix(&folder)).map(str::to_owned).collect()
    };
    let pi = [
        "etc/consul.d/consul.hcl",
        "etc/nomad.d/nomad.hcl",
        "etc/systemd/system/consul.service.d/10-hlmc.conf",
        "etc/systemd/system/docker.service.d/10-hlmc.conf",
        "etc/systemd/system/nomad.service.d/10-hlmc.conf",
        "install.sh",
        "ufw.sh",
    ];
    assert_eq!(files("pi5-1"), pi);
    assert_eq!(files("pi5-2"), pi);
    for path in ["/fast", "/bulk1", "/data"] {
        assert!(nomad(&bundle, "nas").contains(&format!("\"{path}/")), "{path}");
    }
}

#[test]
fn n2_one_datacenter_everywhere() {
    let bundle = bundle(&lab());
    for node in NODES {
        assert!(has_line(nomad(&bundle, node), "datacenter = \"home\""), "{node}");
        assert!(has_line(consul(&bundle, node), "datacenter = \"home\""), "{node}");
    }
    for (path, job) in jobs(&bundle) {
        assert!(has_line(job, "datacenters = [\"home\"]"), "{path}");
    }
    for artifact in &bundle.artifacts {
        assert!(!String::from_utf8_lossy(&artifact.bytes).contains("\"dc1\""), "{}", artifact.path);
    }
    let mut drifted = lab();
    let job = r#"job "old" { datacenters "dc1"; group "g" { task "t" { driver "docker"; config { image "busybox:1.37" } } } }"#;
    drifted.insert("services/old.kdl", job);
    let found = messages(&check(&drifted));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("wrong-datacenter: `old` asks for another datacenter than `home`"), "{found:?}");
}

#[test]
fn n3_consul_serves_on_the_nas_only() {
    let bundle = bundle(&lab());
    for node in NODES {
        let (text, server) = (consul(&bundle, node), node == "nas");
        assert!(has_line(text, &format!("node_name = \"{node}\"")), "{node}");
        assert_eq!(has_line(text, "server = true"), server, "{node}");
        assert_eq!(text.contains("ui_config"), server, "{node}");
        assert_eq!(has_line(text, &format!("retry_join = [\"{NAS}\"]")), !server, "{node}");
    }
    let drop_in = |node: &str| text(&bundle, &format!("nodes/{node}/etc/systemd/system/consul.service.d/10-hlmc.conf"));
    assert_eq!(drop_in("nas"), drop_in("pi5-1"));
}

#[test]
fn n4_nomad_serves_on_the_nas_and_a_pi_never_gets_its_folders() {
    let bundle = bundle(&lab());
    for node in NODES {
        let (text, server) = (nomad(&bundle, node), node == "nas");
        assert_eq!(text.contains("\nserver {"), server, "{node}");
        let class = if server { "nas" } else { "pi" };
        assert!(has_line(text, &format!("node_class = \"{class}\"")), "{node}");
        assert!(has_line(text, &format!("retry_join = [\"{NAS}\"]")), "{node}");
        for folder in ["/fast", "/bulk", "/archive", "/data/"] {
            let there =
                text.contains(&format!("path = \"{folder}")) || text.contains(&format!("path      = \"{folder}"));
            assert!(server || !there, "{node} has {folder}");
        }
    }
}

#[test]
fn n5_the_engine_comes_from_the_source_for_the_architecture() {
    let bundle = bundle(&lab());
    for (node, arch) in [("nas", "amd64"), ("pi5-1", "arm64"), ("pi5-2", "arm64")] {
        let script = text(&bundle, &format!("nodes/{node}/install.sh"));
        assert!(script.contains("download.docker.com"), "{node}");
        let other = if arch == "amd64" { "arm64" } else { "amd64" };
        assert!(script.contains(arch) && !script.contains(other), "{node}");
    }
}

#[test]
fn n6_the_firewall_opens_to_members_by_role() {
    let bundle = bundle(&lab());
    let allowed = |node: &str| -> Vec<String> {
        let script = text(&bundle, &format!("nodes/{node}/ufw.sh"));
        let list = script.split("allowed() {").nth(1).and_then(|rest| rest.split("\nEND").next()).unwrap();
        list.lines().skip(2).map(str::to_owned).collect()
    };
    for node in NODES {
        for port in ["4646", "4647", "4648", "8301"] {
            let allowed = allowed(node);
            let rules: Vec<&String> = allowed.iter().filter(|rule| rule.contains(port)).collect();
            let server_only = matches!(port, "4647" | "4648");
            assert_eq!(rules.is_empty(), server_only && node != "nas", "{node} {port}");
            let member = |rule: &&String| rule.starts_with("members ");
            assert!(rules.iter().all(member), "{node} opens {port} to others: {rules:?}");
        }
        let members = NODES.iter().zip(["119", "121", "122"]).filter(|(other, _)| **other != node);
        let members: Vec<String> = members.map(|(_, last)| format!("192.168.1.{last}")).collect();
        let line = format!("members='{}'", members.join(" "));
        assert!(has_line(text(&bundle, &format!("nodes/{node}/ufw.sh")), &line), "{node}: {line}");
        let lan = |port: &str| allowed(node).iter().any(|rule| rule.starts_with(&format!("lan {port} ")));
        assert_eq!(lan("53"), node == "nas", "{node}: dnsmasq");
        assert_eq!(lan("445"), node == "nas", "{node}: samba");
    }
    let consul = |node: &str| allowed(node).iter().any(|rule| rule.contains("8300"));
    assert!(consul("nas") && !consul("pi5-1"), "Consul's server port");
}

#[test]
fn n7_daemons_and_mounts_only_where_declared() {
    let bundle = bundle(&lab());
    let below = |node: &str, part: &str| {
        paths(&bundle)
            .into_iter()
            .filter(|path| path.starts_with(&format!("nodes/{node}/")) && path.contains(part))
            .count()
    };
    assert_eq!(["dnsmasq.d", "samba", ".mount"].map(|part| below("nas", part)), [1, 1, 5]);
    for pi in ["pi5-1", "pi5-2"] {
        assert_eq!(["dnsmasq.d", "samba", ".mount"].map(|part| below(pi, part)), [0, 0, 0], "{pi}");
    }
}

#[test]
fn n8_stateful_jobs_are_pinned_and_exporters_run_everywhere() {
    let bundle = bundle(&lab());
    for (path, job) in jobs(&bundle) {
        let system =
            ["node-exporter", "cadvisor", "filebeat"].iter().any(|name| path.ends_with(&format!("/{name}.nomad.hcl")));
        assert_eq!(has_line(job, "type = \"system\""), system, "{path}");
        let stateful = job.contains("volume_mount") && !system;
        let pinned = has_line(job, "attribute = \"${node.class}\"") && has_line(job, "value = \"nas\"");
        assert!(!stateful || pinned, "{path} is not pinned to the NAS");
    }
    for node in NODES {
        assert!(nomad(&bundle, node).contains("host_volume \"filebeat-data\""), "{node}");
    }
}

#[test]
fn n9_no_address_of_the_nas_in_any_job_or_configuration() {
    let bundle = bundle(&lab());
    let free = |path: &str| !path.starts_with("nodes/") && path != "deploy.sh";
    for artifact in bundle.artifacts.iter().filter(|artifact| free(&artifact.path)) {
        assert!(!String::from_utf8_lossy(&artifact.bytes).contains("192.168."), "{}", artifact.path);
    }
    let immich = text(&bundle, "nomad/jobs/default/immich.nomad.hcl");
    assert!(immich.contains("{{ with service \"immich-redis\" }}"));
    assert!(immich.contains("{{ with service \"immich-machine-learning\" }}"));
    assert!(text(&bundle, "proxy/Caddyfile").contains("dynamic srv"));
    assert!(text(&bundle, "monitoring/prometheus.yml").contains("sd_configs"));
}

#[test]
fn n10_what_could_land_on_a_pi_and_can_not_run_there_is_an_error() {
    let found = |manifest: &str| {
        let mut lab = lab();
        lab.insert("services/new.kdl", manifest);
        messages(&check(&lab))
    };
    let volume = r#"service "notes" { image "notes:1.0"; volume "grafana-data" to="/data" }"#;
    assert_eq!(
        found(volume),
        [
            "volume-missing: `notes` may be placed on `pi5-1`, `pi5-2`, which lack volume `grafana-data` (add `on class=\"nas\"` to `notes`)"
        ]
    );
    let image = r#"service "scan" { image "scan:1.0"; arch "amd64" }"#;
    assert_eq!(
        found(image),
        [
            "wrong-architecture: `scan` may be placed on `pi5-1`, `pi5-2`, and `scan:1.0` is not made for arm64 (add `on class=\"nas\"` to `scan`; or take an image that is made for arm64 too)"
        ]
    );
    // The help, applied to the letter, passes.
    assert_eq!(found(&volume.replace("image", "on class=\"nas\"; image")), Vec::<String>::new());
    assert_eq!(found(&image.replace("image", "on class=\"nas\"; image")), Vec::<String>::new());
}

#[test]
fn n11_one_group_can_be_provisioned_alone() {
    let bundle = bundle(&lab());
    let script = text(&bundle, "deploy.sh");
    for word in ["--only", "--dry-run", "clients", "servers", "nodes", "jobs"] {
        assert!(script.contains(word), "{word}");
    }
    let compiled = compile(&lab());
    assert!(
        compiled.bundle.unwrap().artifacts.iter().any(|artifact| artifact.path == "deploy.sh" && artifact.executable)
    );
}
