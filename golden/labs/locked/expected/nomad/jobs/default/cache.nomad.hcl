job "cache" {
  datacenters = ["shelf"]

  meta {
    hlmc-lab = "locked"
  }

  group "cache" {
    shutdown_delay = "5s"

    network {
      port "redis" {
        to = 6379
      }
    }

    service {
      name     = "cache"
      port     = "redis"
      provider = "nomad"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "cache" {
      driver = "docker"

      config {
        image = "redis:8.4.0@sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        ports = ["redis"]
      }
    }
  }
}
