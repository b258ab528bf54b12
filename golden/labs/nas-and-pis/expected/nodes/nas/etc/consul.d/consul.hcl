node_name            = "nas"
datacenter           = "home"
data_dir             = "/opt/consul"
bind_addr            = "192.168.1.119"
advertise_addr       = "192.168.1.119"
client_addr          = "127.0.0.1"
server               = true
bootstrap_expect     = 1
leave_on_terminate   = false
disable_update_check = true

ports {
  dns      = 8600
  serf_wan = -1
}

ui_config {
  enabled = true
}

telemetry {
  prometheus_retention_time = "60s"
  disable_hostname          = true
}
