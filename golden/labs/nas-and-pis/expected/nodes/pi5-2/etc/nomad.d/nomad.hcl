name                 = "pi5-2"
region               = "global"
datacenter           = "home"
data_dir             = "/opt/nomad/data"
bind_addr            = "192.168.1.122"
leave_on_interrupt   = false
leave_on_terminate   = false
disable_update_check = true

addresses {
  http = "192.168.1.122 127.0.0.1"
}

advertise {
  http = "192.168.1.122"
  rpc  = "192.168.1.122"
  serf = "192.168.1.122"
}

client {
  enabled           = true
  node_class        = "pi"
  node_pool         = "default"
  network_interface = "{{ GetAllInterfaces | include \"address\" \"^192[.]168[.]1[.]122(/|$)\" | attr \"name\" }}"

  server_join {
    retry_join = ["192.168.1.119"]
  }

  options = {
    "driver.allowlist"     = "docker"
    "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
  }

  host_network "lan" {
    cidr = "192.168.1.122/32"
  }

  host_volume "filebeat-data" {
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
  enabled = false
}
