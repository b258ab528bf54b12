name       = "pi5-2"
datacenter = "home"
data_dir   = "/var/lib/nomad"
bind_addr  = "192.168.1.122"

advertise {
  http = "192.168.1.122"
  rpc  = "192.168.1.122"
  serf = "192.168.1.122"
}

client {
  enabled = true

  server_join {
    retry_join = ["192.168.1.119"]
  }
}

plugin "docker" {
  config {
    alow_privileged = true
  }
}
