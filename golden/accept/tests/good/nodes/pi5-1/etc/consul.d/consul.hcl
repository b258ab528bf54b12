node_name      = "pi5-1"
datacenter     = "home"
data_dir       = "/var/lib/consul"
bind_addr      = "192.168.1.121"
advertise_addr = "192.168.1.121"
client_addr    = "127.0.0.1 172.17.0.1"
retry_join     = ["192.168.1.119"]
