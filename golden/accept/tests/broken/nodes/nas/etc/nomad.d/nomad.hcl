datacenter = "home"
data_dir   = "/var/lib/nomad"

server {
  enabled          = true
  bootstrap_expext = 1
}
