datacenter = "home"
data_dir   = "/var/lib/consul"
bind_addr  = "192.168.1.119"
node_name  = "nas"
