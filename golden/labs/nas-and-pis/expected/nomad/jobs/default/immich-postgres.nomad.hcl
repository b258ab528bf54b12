job "immich-postgres" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  meta {
    hlmc-lab = "home"
  }

  group "immich-postgres" {
    shutdown_delay = "5s"

    network {
      port "postgres" {
        to = 5432
      }
    }

    volume "immich-db" {
      type   = "host"
      source = "immich-db"
    }

    service {
      name = "immich-postgres"
      port = "postgres"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "60s"
        }
      }
    }

    task "immich-postgres" {
      driver       = "docker"
      kill_timeout = "60s"

      config {
        image    = "ghcr.io/immich-app/postgres:18-vectorchord0.5.3-pgvector0.8.1"
        ports    = ["postgres"]
        shm_size = 134217728
      }

      env {
        TZ                   = "Europe/Dublin"
        POSTGRES_DB          = "immich"
        POSTGRES_USER        = "immich"
        POSTGRES_INITDB_ARGS = "--data-checksums"
        PGDATA               = "/var/lib/postgresql/pgdata"
      }

      volume_mount {
        volume      = "immich-db"
        destination = "/var/lib/postgresql"
      }

      resources {
        cpu        = 1000
        memory     = 1024
        memory_max = 2048
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = "{{ with nomadVar \"nomad/jobs/immich\" }}POSTGRES_PASSWORD={{ .db_password.Value | toJSON }}{{ end }}\n"
      }
    }
  }
}
