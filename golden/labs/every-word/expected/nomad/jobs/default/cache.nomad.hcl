job "cache" {
  region      = "europe"
  datacenters = ["attic"]

  constraint {
    attribute = "${node.class}"
    value     = "big"
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "cache" {
    shutdown_delay = "5s"

    network {
      mode = "bridge"

      port "redis" {
        to = 6379
      }
    }

    service {
      name = "cache"
      port = "redis"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "cache" {
      driver = "docker"

      config {
        image = "redis:8.4.0"
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        memory = 128
      }
    }
  }
}
