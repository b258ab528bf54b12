node_name            = "anvil"
datacenter           = "attic"
data_dir             = "/opt/consul"
bind_addr            = "10.20.0.2"
advertise_addr       = "10.20.0.2"
client_addr          = "127.0.0.1"
server               = true
bootstrap_expect     = 1
leave_on_terminate   = false
disable_update_check = true
log_level            = "warn"

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
