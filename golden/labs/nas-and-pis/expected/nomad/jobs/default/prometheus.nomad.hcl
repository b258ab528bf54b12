job "prometheus" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  meta {
    hlmc-lab = "home"
  }

  group "prometheus" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = 9090
        host_network = "lan"
      }
    }

    volume "prometheus-data" {
      type   = "host"
      source = "prometheus-data"
    }

    service {
      name = "prometheus"
      port = "http"

      check {
        type     = "http"
        path     = "/-/healthy"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "60s"
        }
      }
    }

    task "prometheus" {
      driver = "docker"

      config {
        image = "prom/prometheus:v3.16.0"
        args = [
          "--config.file=/etc/prometheus/prometheus.yml",
          "--storage.tsdb.path=/prometheus",
          "--storage.tsdb.retention.time=90d",
          "--web.listen-address=${NOMAD_ADDR_http}",
        ]
        network_mode = "host"

        mount {
          type     = "bind"
          source   = "local/files/etc/prometheus/prometheus.yml"
          target   = "/etc/prometheus/prometheus.yml"
          readonly = true
        }
      }

      env {
        TZ = "Europe/Dublin"
      }

      volume_mount {
        volume      = "prometheus-data"
        destination = "/prometheus"
      }

      resources {
        cpu        = 500
        memory     = 512
        memory_max = 2048
      }

      template {
        destination     = "local/files/etc/prometheus/prometheus.yml"
        left_delimiter  = "<<hlmc"
        right_delimiter = "hlmc>>"
        data            = <<EOF
# Made by hlmc from the `metrics` of all services: change those, not this file.
global:
  scrape_interval: 30s
scrape_configs:
- job_name: caddy
  metrics_path: /metrics
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - caddy-metrics
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
- job_name: cadvisor
  metrics_path: /metrics
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - cadvisor
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
- job_name: grafana
  metrics_path: /metrics
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - grafana
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
- job_name: immich
  metrics_path: /metrics
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - immich-metrics
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
- job_name: node-exporter
  metrics_path: /metrics
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - node-exporter
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
- job_name: prometheus
  metrics_path: /metrics
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - prometheus
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
- job_name: nomad
  metrics_path: /v1/metrics
  params:
    format:
    - prometheus
  consul_sd_configs:
  - server: 127.0.0.1:8500
    services:
    - nomad
    - nomad-client
    tags:
    - http
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
EOF
      }
    }
  }
}
