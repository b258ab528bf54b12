job "immich-machine-learning" {
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  meta {
    hlmc-lab = "home"
  }

  group "immich-machine-learning" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 3003
      }
    }

    volume "immich-models" {
      type   = "host"
      source = "immich-models"
    }

    service {
      name = "immich-machine-learning"
      port = "http"

      check {
        type     = "http"
        path     = "/ping"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "60s"
        }
      }
    }

    task "immich-machine-learning" {
      driver = "docker"

      config {
        image = "ghcr.io/immich-app/immich-machine-learning:v3.2.0-openvino"
        ports = ["http"]

        devices {
          host_path = "/dev/dri"
        }
      }

      env {
        TZ = "Europe/Dublin"
      }

      volume_mount {
        volume      = "immich-models"
        destination = "/cache"
      }

      resources {
        cpu        = 2000
        memory     = 2048
        memory_max = 4096
      }
    }
  }
}
