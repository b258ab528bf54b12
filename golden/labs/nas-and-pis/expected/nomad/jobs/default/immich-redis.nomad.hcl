job "immich-redis" {
  datacenters = ["home"]

  affinity {
    attribute = "${node.class}"
    value     = "pi"
  }

  meta {
    hlmc-lab = "home"
  }

  group "immich-redis" {
    shutdown_delay = "5s"

    network {
      port "redis" {
        to = 6379
      }
    }

    service {
      name = "immich-redis"
      port = "redis"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "immich-redis" {
      driver = "docker"

      config {
        image = "valkey/valkey:9.0.8-alpine"
        ports = ["redis"]
      }

      env {
        TZ = "Europe/Dublin"
      }

      resources {
        cpu        = 100
        memory     = 128
        memory_max = 256
      }
    }
  }
}
