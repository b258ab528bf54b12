job "immich" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  meta {
    hlmc-lab = "home"
  }

  group "immich" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 2283
      }

      port "metrics" {
        to = 8081
      }
    }

    volume "immich-library" {
      type   = "host"
      source = "immich-library"
    }

    service {
      name = "immich"
      port = "http"

      check {
        type     = "http"
        path     = "/api/server/ping"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "120s"
        }
      }
    }

    service {
      name = "immich-metrics"
      port = "metrics"
    }

    task "immich" {
      driver = "docker"

      config {
        image = "ghcr.io/immich-app/immich-server:v3.2.0"
        ports = ["http", "metrics"]
      }

      env {
        TZ                       = "Europe/Dublin"
        DB_DATABASE_NAME         = "immich"
        DB_USERNAME              = "immich"
        IMMICH_TELEMETRY_INCLUDE = "all"
      }

      volume_mount {
        volume      = "immich-library"
        destination = "/data"
      }

      resources {
        cpu        = 2000
        memory     = 2048
        memory_max = 4096
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with service "immich-postgres" }}{{ with index . 0 }}DB_HOSTNAME="{{ .Address }}"{{ end }}{{ end }}
{{ with service "immich-postgres" }}{{ with index . 0 }}DB_PORT="{{ .Port }}"{{ end }}{{ end }}
{{ with nomadVar "nomad/jobs/immich" }}DB_PASSWORD={{ .db_password.Value | toJSON }}{{ end }}
{{ with service "immich-redis" }}{{ with index . 0 }}REDIS_HOSTNAME="{{ .Address }}"{{ end }}{{ end }}
{{ with service "immich-redis" }}{{ with index . 0 }}REDIS_PORT="{{ .Port }}"{{ end }}{{ end }}
{{ with service "immich-machine-learning" }}{{ with index . 0 }}IMMICH_MACHINE_LEARNING_URL="http://{{ .Address }}:{{ .Port }}"{{ end }}{{ end }}
EOF
      }
    }
  }
}
