name                 = "tongs"
region               = "europe"
datacenter           = "attic"
data_dir             = "/opt/nomad/data"
bind_addr            = "10.20.0.3"
leave_on_interrupt   = false
leave_on_terminate   = false
disable_update_check = true

addresses {
  http = "10.20.0.3 127.0.0.1"
}

advertise {
  http = "10.20.0.3"
  rpc  = "10.20.0.3"
  serf = "10.20.0.3"
}

client {
  enabled           = true
  node_class        = "small"
  node_pool         = "default"
  network_interface = "{{ GetAllInterfaces | include \"address\" \"^10[.]20[.]0[.]3(/|$)\" | attr \"name\" }}"

  server_join {
    retry_join = ["10.20.0.2"]
  }

  options = {
    "driver.allowlist"     = "docker"
    "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
  }

  host_network "lan" {
    cidr = "10.20.0.3/32"
  }

  reserved {
    cpu            = 500
    memory         = 512
    disk           = 1024
    reserved_ports = "22,4646-4648,8300-8302,8500-8503,8600"
  }
}

plugin "docker" {
  config {
    allow_privileged = true

    volumes {
      enabled = false
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
}

telemetry {
  prometheus_metrics         = true
  publish_allocation_metrics = true
  publish_node_metrics       = true
}

ui {
  enabled = false
}
