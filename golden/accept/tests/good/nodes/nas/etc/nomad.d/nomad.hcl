name       = "nas"
datacenter = "home"
data_dir   = "/var/lib/nomad"
bind_addr  = "0.0.0.0"

addresses {
  http = "192.168.1.119 127.0.0.1"
}

advertise {
  http = "192.168.1.119"
  rpc  = "192.168.1.119"
  serf = "192.168.1.119"
}

consul {
  address = "127.0.0.1:8500"
}

vault {
  enabled = true

  default_identity {
    aud = ["vault.io"]
    ttl = "1h"
  }
}
