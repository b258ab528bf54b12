datacenter = "home"
data_dir   = "/var/lib/consul"
bind_adress = "192.168.1.119"
