node_name            = "pi5-2"
datacenter           = "home"
data_dir             = "/opt/consul"
bind_addr            = "192.168.1.122"
advertise_addr       = "192.168.1.122"
client_addr          = "127.0.0.1"
server               = false
retry_join           = ["192.168.1.119"]
leave_on_terminate   = true
disable_update_check = true

ports {
  dns = 8600
}

telemetry {
  prometheus_retention_time = "60s"
  disable_hostname          = true
}
