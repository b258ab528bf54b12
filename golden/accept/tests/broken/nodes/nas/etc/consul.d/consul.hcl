node_name        = "nas"
datacenter       = "home"
data_dir         = "/var/lib/consul"
bind_addr        = "192.168.1.119"
advertise_addr   = "192.168.1.119"
client_addr      = "127.0.0.1"
server           = true
bootstrap_expect = 1
