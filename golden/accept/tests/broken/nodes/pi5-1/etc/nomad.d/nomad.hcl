name       = "pi5-1"
datacenter = "home"
data_dir   = "/var/lib/nomad"
bind_addr  = "192.168.1.121"

client {
  enabeld = true
}
