job "grafana" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  meta {
    hlmc-lab = "home"
  }

  group "grafana" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 3000
      }
    }

    volume "grafana-data" {
      type   = "host"
      source = "grafana-data"
    }

    service {
      name = "grafana"
      port = "http"

      check {
        type     = "http"
        path     = "/api/health"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "60s"
        }
      }
    }

    task "grafana" {
      driver = "docker"

      config {
        image = "grafana/grafana:13.1.2"
        ports = ["http"]

        mount {
          type     = "bind"
          source   = "local/files/etc/grafana/provisioning/datasources/prometheus.yaml"
          target   = "/etc/grafana/provisioning/datasources/prometheus.yaml"
          readonly = true
        }
      }

      env {
        TZ                             = "Europe/Dublin"
        GF_SERVER_ROOT_URL             = "https://grafana.home.example.com"
        GF_USERS_ALLOW_SIGN_UP         = "false"
        GF_ANALYTICS_REPORTING_ENABLED = "false"
        GF_ANALYTICS_CHECK_FOR_UPDATES = "false"
      }

      volume_mount {
        volume      = "grafana-data"
        destination = "/var/lib/grafana"
      }

      resources {
        cpu        = 300
        memory     = 768
        memory_max = 1024
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with nomadVar "nomad/jobs/grafana" }}GF_SECURITY_ADMIN_PASSWORD={{ .admin_password.Value | toJSON }}{{ end }}
{{ with service "prometheus" }}{{ with index . 0 }}PROMETHEUS_URL="http://{{ .Address }}:{{ .Port }}"{{ end }}{{ end }}
EOF
      }

      template {
        destination = "local/files/etc/grafana/provisioning/datasources/prometheus.yaml"
        data        = <<EOF
# Grafana replaces $PROMETHEUS_URL from its environment.
apiVersion: 1
datasources:
  - name: Prometheus
    type: prometheus
    access: proxy
    url: $PROMETHEUS_URL
    isDefault: true
EOF
      }
    }
  }
}
