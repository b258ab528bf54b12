name                 = "mini"
region               = "global"
datacenter           = "shelf"
data_dir             = "/opt/nomad/data"
bind_addr            = "10.30.0.2"
leave_on_interrupt   = false
leave_on_terminate   = false
disable_update_check = true

addresses {
  http = "10.30.0.2 127.0.0.1"
}

advertise {
  http = "10.30.0.2"
  rpc  = "10.30.0.2"
  serf = "10.30.0.2"
}

server {
  enabled          = true
  bootstrap_expect = 1
}

client {
  enabled           = true
  node_pool         = "default"
  network_interface = "{{ GetAllInterfaces | include \"address\" \"^10[.]30[.]0[.]2(/|$)\" | attr \"name\" }}"

  server_join {
    retry_join = ["10.30.0.2"]
  }

  options = {
    "driver.allowlist"     = "docker"
    "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
  }

  host_network "lan" {
    cidr = "10.30.0.2/32"
  }

  host_volume "paperless" {
    path      = "/srv/paperless"
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
