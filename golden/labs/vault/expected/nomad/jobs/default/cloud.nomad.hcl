job "cloud" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "cellar"
  }

  meta {
    hlmc-lab = "cellar"
  }

  group "cloud" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 80
      }
    }

    service {
      name     = "cloud"
      port     = "http"
      provider = "nomad"

      check {
        type     = "http"
        path     = "/status.php"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "cloud" {
      driver = "docker"

      config {
        image = "nextcloud:31.0.9-apache"
        ports = ["http"]
      }

      vault {
        role = "hlmc.cellar.default.cloud"
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with nomadService "cloud-db" }}{{ with index . 0 }}MYSQL_HOST="{{ .Address }}:{{ .Port }}"{{ end }}{{ end }}
{{ with secret "kv/cellar/data/cloud/db" }}MYSQL_PASSWORD={{ .Data.data.password | toJSON }}{{ end }}
{{ with secret "kv/cellar/data/cloud" }}NEXTCLOUD_ADMIN_PASSWORD={{ .Data.data.admin_password | toJSON }}{{ end }}
EOF
      }
    }
  }
}
