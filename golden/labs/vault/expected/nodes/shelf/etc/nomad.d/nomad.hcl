name                 = "shelf"
region               = "global"
datacenter           = "home"
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
  bootstrap_expect = 3

  server_join {
    retry_join = ["10.30.0.1", "10.30.0.3"]
  }
}

client {
  enabled           = true
  node_class        = "cellar"
  node_pool         = "default"
  network_interface = "{{ GetAllInterfaces | include \"address\" \"^10[.]30[.]0[.]2(/|$)\" | attr \"name\" }}"

  server_join {
    retry_join = ["10.30.0.1", "10.30.0.3", "10.30.0.2"]
  }

  options = {
    "driver.allowlist"     = "docker"
    "fingerprint.denylist" = "env_aws,env_azure,env_digitalocean,env_gce"
  }

  host_network "lan" {
    cidr = "10.30.0.2/32"
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

acl {
  enabled = true
}

consul {
  auto_advertise   = false
  client_auto_join = false
  server_auto_join = false
}

vault {
  enabled               = true
  address               = "http://10.30.0.1:8200"
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
