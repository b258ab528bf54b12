job "watch" {
  namespace   = "tools"
  region      = "europe"
  datacenters = ["attic"]

  constraint {
    attribute = "${node.class}"
    value     = "big"
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "watch" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 3001
      }
    }

    volume "uptime-kuma-data" {
      type   = "host"
      source = "uptime-kuma-data"
    }

    service {
      name = "watch"
      port = "http"

      check {
        type     = "http"
        path     = "/api/entry-page"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "60s"
        }
      }
    }

    task "watch" {
      driver = "docker"

      config {
        image = "louislam/uptime-kuma:2.5.5"
        ports = ["http"]
      }

      env {
        TZ = "Europe/Lisbon"
      }

      volume_mount {
        volume      = "uptime-kuma-data"
        destination = "/app/data"
      }

      resources {
        cpu        = 200
        memory     = 256
        memory_max = 512
      }
    }
  }
}
