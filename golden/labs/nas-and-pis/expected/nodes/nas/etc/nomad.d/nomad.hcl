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

  default_scheduler_config {
    memory_oversubscription_enabled = true
  }
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

  host_volume "immich-db" {
    path      = "/fast/immich/postgres"
    read_only = false
  }

  host_volume "immich-models" {
    path      = "/fast/immich/models"
    read_only = false
  }

  host_volume "immich-library" {
    path      = "/bulk1/photos"
    read_only = false
  }

  host_volume "grafana-data" {
    path      = "/data/grafana"
    read_only = false
  }

  host_volume "prometheus-data" {
    path      = "/data/prometheus"
    read_only = false
  }

  host_volume "caddy-data" {
    path      = "/data/caddy"
    read_only = false
  }

  host_volume "filebeat-data" {
    path      = "/data/filebeat"
    read_only = false
  }

  reserved {
    cpu            = 1000
    memory         = 4096
    disk           = 20480
    reserved_ports = "22,53,67,137-139,445,4646-4648,8300-8302,8500-8503,8600"
  }
}

plugin "docker" {
  config {
    allow_privileged = true

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
