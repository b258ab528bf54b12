//! The agents' configurations.

use super::lab::{at, file, lab};
use crate::model::{Discovery, SecretStore};
use crate::nomad::form::{Block, Body, Value};
use crate::source::Span;
use insta::assert_snapshot;

const NAS: &str = "nodes/nas/etc/nomad.d/nomad.hcl";
const PI: &str = "nodes/pi5-1/etc/nomad.d/nomad.hcl";
const NAS_CONSUL: &str = "nodes/nas/etc/consul.d/consul.hcl";
const PI_CONSUL: &str = "nodes/pi5-1/etc/consul.d/consul.hcl";

#[test]
fn n1_the_server_is_a_client_too() {
    assert_snapshot!(file(&lab(), NAS), @r#"
    name                 = "nas"
    region               = "global"
    datacenter           = "home"
    data_dir             = "/opt/nomad/data"
    bind_addr            = "192.168.1.119"
    leave_on_interrupt   = false
    leave_on_terminate   = false
    disable_update_check = true

    addresses {
      http = "192.168.1.119 127.0.0.1"
    }

    advertise {
      http = "192.168.1.119"
      rpc  = "192.168.1.119"
      serf = "192.168.1.119"
    }

    server {
      enabled          = true
      bootstrap_expect = 1
    }

    client {
      enabled           = true
      node_class        = "nas"
      node_pool         = "default"
      network_interface = "{{ GetAllInterfaces | include \"address\" \"^192[.]168[.]1[.]119(/|$)\" | attr \"name\" }}"
      max_kill_timeout  = "60s"

      server_join {
        retry_join = ["192.168.1.119"]
      }

      options = {
        "driver.allowlist"     = "docker"
        "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
      }

      host_network "lan" {
        cidr = "192.168.1.119/32"
      }

      host_volume "library" {
        path      = "/bulk1/photos"
        read_only = false
      }

      host_volume "db" {
        path      = "/fast/db"
        read_only = false
      }

      reserved {
        cpu            = 1000
        memory         = 4096
        disk           = 20480
        reserved_ports = "22,53,67,137-139,445,4646-4648,8080-8081,8300-8302,8500-8503,8600,9000"
      }
    }

    plugin "docker" {
      config {
        allow_privileged = false
        allow_caps = [
          "audit_write",
          "chown",
          "dac_override",
          "fowner",
          "fsetid",
          "kill",
          "mknod",
          "net_bind_service",
          "net_raw",
          "setfcap",
          "setgid",
          "setpcap",
          "setuid",
          "sys_chroot",
        ]

        volumes {
          enabled = true
        }
      }
    }

    consul {
      address = "127.0.0.1:8500"
    }

    telemetry {
      prometheus_metrics         = true
      publish_allocation_metrics = true
      publish_node_metrics       = true
    }

    ui {
      enabled = true
    }
    "#);
}

#[test]
fn n1_a_client_gets_what_a_client_needs() {
    assert_snapshot!(file(&lab(), PI), @r#"
    name                 = "pi5-1"
    region               = "global"
    datacenter           = "home"
    data_dir             = "/opt/nomad/data"
    bind_addr            = "192.168.1.121"
    leave_on_interrupt   = false
    leave_on_terminate   = false
    disable_update_check = true

    addresses {
      http = "192.168.1.121 127.0.0.1"
    }

    advertise {
      http = "192.168.1.121"
      rpc  = "192.168.1.121"
      serf = "192.168.1.121"
    }

    client {
      enabled           = true
      node_class        = "pi"
      node_pool         = "default"
      network_interface = "{{ GetAllInterfaces | include \"address\" \"^192[.]168[.]1[.]121(/|$)\" | attr \"name\" }}"

      server_join {
        retry_join = ["192.168.1.119"]
      }

      options = {
        "driver.allowlist"     = "docker"
        "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
      }

      host_network "lan" {
        cidr = "192.168.1.121/32"
      }

      host_volume "filebeat" {
        path      = "/var/lib/filebeat"
        read_only = false
      }

      reserved {
        cpu            = 200
        memory         = 512
        disk           = 5120
        reserved_ports = "22,4646-4648,8300-8302,8500-8503,8600"
      }
    }

    plugin "docker" {
      config {
        allow_privileged = false

        volumes {
          enabled = false
        }
      }
    }

    consul {
      address = "127.0.0.1:8500"
    }

    telemetry {
      prometheus_metrics         = true
      publish_allocation_metrics = true
      publish_node_metrics       = true
    }

    ui {
      enabled = false
    }
    "#);
}

#[test]
fn n2_every_agent_is_in_the_datacenter_of_the_lab() {
    let mut lab = lab();
    lab.datacenter = "Attic".to_owned();
    for node in ["nas", "pi5-1", "pi5-2"] {
        let nomad = file(&lab, &format!("nodes/{node}/etc/nomad.d/nomad.hcl"));
        assert!(nomad.contains("datacenter           = \"Attic\""), "{nomad}");
        let consul = file(&lab, &format!("nodes/{node}/etc/consul.d/consul.hcl"));
        assert!(consul.contains("datacenter           = \"attic\""), "{consul}");
    }
}

#[test]
fn n3_consuls_server_is_the_nas() {
    assert_snapshot!(file(&lab(), NAS_CONSUL), @r#"
    node_name            = "nas"
    datacenter           = "home"
    data_dir             = "/opt/consul"
    bind_addr            = "192.168.1.119"
    advertise_addr       = "192.168.1.119"
    client_addr          = "127.0.0.1"
    server               = true
    bootstrap_expect     = 1
    leave_on_terminate   = false
    disable_update_check = true

    ports {
      dns      = 8600
      serf_wan = -1
    }

    ui_config {
      enabled = true
    }

    telemetry {
      prometheus_retention_time = "60s"
      disable_hostname          = true
    }
    "#);
}

#[test]
fn n3_the_pis_join_consuls_server() {
    assert_snapshot!(file(&lab(), PI_CONSUL), @r#"
    node_name            = "pi5-1"
    datacenter           = "home"
    data_dir             = "/opt/consul"
    bind_addr            = "192.168.1.121"
    advertise_addr       = "192.168.1.121"
    client_addr          = "127.0.0.1"
    server               = false
    retry_join           = ["192.168.1.119"]
    leave_on_terminate   = true
    disable_update_check = true

    ports {
      dns = 8600
    }

    telemetry {
      prometheus_retention_time = "60s"
      disable_hostname          = true
    }
    "#);
}

#[test]
fn n4_only_the_nas_is_a_nomad_server() {
    let lab = lab();
    assert!(file(&lab, NAS).contains("\nserver {\n"));
    for pi in ["pi5-1", "pi5-2"] {
        let agent = file(&lab, &format!("nodes/{pi}/etc/nomad.d/nomad.hcl"));
        assert!(!agent.contains("\nserver {\n"), "{agent}");
        assert!(agent.contains("retry_join = [\"192.168.1.119\"]"), "{agent}");
    }
}

#[test]
fn n4_a_pi_never_gets_a_nas_directory() {
    let lab = lab();
    for artifact in super::super::artifacts(&super::lab::analysis(&lab), &|_| false) {
        let text = String::from_utf8(artifact.bytes).unwrap();
        if artifact.path.starts_with("nodes/pi") {
            assert!(!text.contains("/bulk1") && !text.contains("/fast"), "{}:\n{text}", artifact.path);
        }
    }
}

#[test]
fn several_servers_join_each_other() {
    let mut lab = lab();
    lab.nodes[1].server = true;
    lab.nodes[2].server = true;
    let nomad = file(&lab, PI);
    assert!(nomad.contains("bootstrap_expect = 3"), "{nomad}");
    assert!(nomad.contains("retry_join = [\"192.168.1.119\", \"192.168.1.122\"]"), "{nomad}");
    let consul = file(&lab, PI_CONSUL);
    assert!(consul.contains("retry_join           = [\"192.168.1.119\", \"192.168.1.122\"]"), "{consul}");
}

#[test]
fn without_consul_nothing_looks_for_it() {
    let mut lab = lab();
    lab.discovery = Discovery::Nomad;
    assert_eq!(file(&lab, NAS_CONSUL), "");
    let agent = file(&lab, PI);
    let (_, consul) = agent.split_once("consul {\n").unwrap();
    assert!(
        consul.starts_with("  auto_advertise   = false\n  client_auto_join = false\n  server_auto_join = false\n}")
    );
    assert!(agent.contains("reserved_ports = \"22,4646-4648\""), "{agent}");
}

#[test]
fn identities_are_signed_by_servers_and_shown_by_clients() {
    let mut lab = lab();
    lab.stores.push(SecretStore {
        name: at("vault".to_owned()),
        address: Some(at("https://vault.service.consul:8200".to_owned())),
        mount: "secret".to_owned(),
        holds: Vec::new(),
    });
    lab.nodes[0].client = false;
    let vault = |path| file(&lab, path).split_once("\nvault {\n").unwrap().1.split_once("\n}\n").unwrap().0.to_owned();
    assert_eq!(vault(NAS), "  enabled = true\n\n  default_identity {\n    aud = [\"vault.io\"]\n    ttl = \"1h\"\n  }");
    assert_snapshot!(vault(PI), @r#"
    enabled               = true
    address               = "https://vault.service.consul:8200"
    jwt_auth_backend_path = "jwt-nomad"
    "#);
}

#[test]
fn consuls_identities_come_with_access_control_and_on_servers_only() {
    let mut lab = lab();
    assert!(!file(&lab, NAS).contains("_identity") && !file(&lab, NAS).contains("acl {"));
    lab.acl = true;
    assert_snapshot!(file(&lab, NAS).split_once("\nacl {").unwrap().1.split_once("\ntelemetry").unwrap().0, @r#"
      enabled = true
    }

    consul {
      address = "127.0.0.1:8500"

      service_identity {
        aud = ["consul.io"]
        ttl = "1h"
      }

      task_identity {
        aud = ["consul.io"]
        ttl = "1h"
      }
    }
    "#);
    assert!(!file(&lab, PI).contains("_identity"));
    assert!(file(&lab, PI).contains("\nacl {\n  enabled = true\n}\n"));
    assert!(file(&lab, PI_CONSUL).contains("default_policy           = \"deny\""));
}

#[test]
fn what_a_node_says_wins() {
    let mut lab = lab();
    let mut client = Block::new("client", Span::default());
    client.body.set("cni_path", Value::str("/usr/lib/cni", Span::default()));
    let mut options = Block::new("options", Span::default());
    options.body.set("driver.allowlist", Value::str("docker,exec", Span::default()));
    client.body.blocks.push(options);
    lab.nodes[1].nomad = Body { attributes: Vec::new(), blocks: vec![client] };
    lab.nodes[1].consul.set("client_addr", Value::str("127.0.0.1 172.17.0.1", Span::default()));
    let agent = file(&lab, PI);
    assert!(agent.contains("= \"/usr/lib/cni\""), "{agent}");
    assert!(agent.contains("\"driver.allowlist\"     = \"docker,exec\""), "{agent}");
    assert_eq!(agent.matches("driver.allowlist").count(), 1);
    assert!(file(&lab, PI_CONSUL).contains("client_addr          = \"127.0.0.1 172.17.0.1\""));
}
