node_name            = "tongs"
datacenter           = "attic"
data_dir             = "/opt/consul"
bind_addr            = "10.20.0.3"
advertise_addr       = "10.20.0.3"
client_addr          = "127.0.0.1"
server               = false
retry_join           = ["10.20.0.2"]
leave_on_terminate   = true
disable_update_check = true

ports {
  dns = 8600
}

telemetry {
  prometheus_retention_time = "60s"
  disable_hostname          = true
}
