name       = "pi5-1"
datacenter = "home"
data_dir   = "/var/lib/nomad"
bind_addr  = "0.0.0.0"

advertise {
  http = "192.168.1.121"
  rpc  = "192.168.1.121"
  serf = "192.168.1.121"
}

client {
  enabled    = true
  node_class = "pi"

  server_join {
    retry_join = ["192.168.1.119"]
  }
}

consul {
  address = "127.0.0.1:8500"
}
