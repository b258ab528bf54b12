name                 = "anvil"
region               = "europe"
datacenter           = "attic"
data_dir             = "/opt/nomad/data"
bind_addr            = "10.20.0.2"
leave_on_interrupt   = false
leave_on_terminate   = false
disable_update_check = true

addresses {
  http = "10.20.0.2 127.0.0.1"
}

advertise {
  http = "10.20.0.2"
  rpc  = "10.20.0.2"
  serf = "10.20.0.2"
}

server {
  enabled          = true
  bootstrap_expect = 1

  default_scheduler_config {
    memory_oversubscription_enabled = true
  }
}

client {
  enabled           = true
  node_class        = "big"
  node_pool         = "default"
  network_interface = "{{ GetAllInterfaces | include \"address\" \"^10[.]20[.]0[.]2(/|$)\" | attr \"name\" }}"

  server_join {
    retry_join = ["10.20.0.2"]
  }

  meta {
    rack = "left"
  }

  options = {
    "driver.allowlist"     = "docker,exec"
    "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
  }

  host_network "lan" {
    cidr = "10.20.0.2/32"
  }

  host_volume "web-data" {
    path      = "/store/web"
    read_only = false
  }

  host_volume "library" {
    path      = "/store/library"
    read_only = true
  }

  host_volume "caddy-data" {
    path      = "/store/caddy"
    read_only = false
  }

  host_volume "uptime-kuma-data" {
    path      = "/store/watch"
    read_only = false
  }

  host_volume "prometheus-data" {
    path      = "/store/prometheus"
    read_only = false
  }

  reserved {
    cpu            = 400
    memory         = 1024
    disk           = 10240
    reserved_ports = "53,67,137-139,445,2222,4646-4648,8300-8302,8500-8503,8600,9000-9010"
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

vault {
  enabled               = true
  address               = "http://10.20.0.2:8200"
  jwt_auth_backend_path = "jwt-nomad"

  default_identity {
    aud = ["vault.io"]
    ttl = "1h"
  }
}

telemetry {
  prometheus_metrics         = true
  publish_allocation_metrics = true
  publish_node_metrics       = true
}

ui {
  enabled = true
}

limits {
  http_max_conns_per_client = 200
}
