name                 = "nas"
region               = "global"
datacenter           = "home"
data_dir             = "/opt/nomad/data"
bind_addr            = "192.168.7.10"
leave_on_interrupt   = false
leave_on_terminate   = false
disable_update_check = true

addresses {
  http = "192.168.7.10 127.0.0.1"
}

advertise {
  http = "192.168.7.10"
  rpc  = "192.168.7.10"
  serf = "192.168.7.10"
}

server {
  enabled          = true
  bootstrap_expect = 1
}

client {
  enabled           = true
  node_class        = "nas"
  node_pool         = "default"
  network_interface = "{{ GetAllInterfaces | include \"address\" \"^192[.]168[.]7[.]10(/|$)\" | attr \"name\" }}"

  server_join {
    retry_join = ["192.168.7.10"]
  }

  options = {
    "driver.allowlist"     = "docker"
    "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
  }

  host_network "lan" {
    cidr = "192.168.7.10/32"
  }

  host_volume "web" {
    path      = "/srv/web"
    read_only = false
  }

  reserved {
    cpu            = 500
    memory         = 512
    disk           = 1024
    reserved_ports = "22,4646-4648"
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
  auto_advertise   = false
  client_auto_join = false
  server_auto_join = false
}

telemetry {
  prometheus_metrics         = true
  publish_allocation_metrics = true
  publish_node_metrics       = true
}

ui {
  enabled = true
}
