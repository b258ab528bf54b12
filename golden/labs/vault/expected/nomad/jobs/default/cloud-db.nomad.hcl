job "cloud-db" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.unique.name}"
    value     = "barrel"
  }

  meta {
    hlmc-lab = "cellar"
  }

  group "cloud-db" {
    shutdown_delay = "5s"

    network {
      port "mysql" {
        to = 3306
      }
    }

    volume "cloud-db" {
      type   = "host"
      source = "cloud-db"
    }

    service {
      name     = "cloud-db"
      port     = "mysql"
      provider = "nomad"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "cloud-db" {
      driver = "docker"

      config {
        image = "mariadb:11.8.3"
        ports = ["mysql"]
      }

      volume_mount {
        volume      = "cloud-db"
        destination = "/var/lib/mysql"
      }

      vault {
        role = "hlmc.cellar.default.cloud-db"
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with secret "kv/cellar/data/cloud/db" }}MARIADB_PASSWORD={{ .Data.data.password | toJSON }}{{ end }}
{{ with secret "kv/cellar/data/cloud/db" }}MARIADB_ROOT_PASSWORD={{ .Data.data.root_password | toJSON }}{{ end }}
EOF
      }
    }
  }
}
