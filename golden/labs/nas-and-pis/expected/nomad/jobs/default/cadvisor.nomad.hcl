job "cadvisor" {
  type        = "system"
  datacenters = ["home"]

  meta {
    hlmc-lab = "home"
  }

  group "cadvisor" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name = "cadvisor"
      port = "http"

      check {
        type     = "http"
        path     = "/healthz"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "cadvisor" {
      driver = "docker"

      config {
        image      = "ghcr.io/google/cadvisor:v0.60.5"
        args       = ["--docker_only=true", "--housekeeping_interval=30s", "--store_container_labels=false"]
        privileged = true
        ports      = ["http"]

        mount {
          type     = "bind"
          source   = "/"
          target   = "/rootfs"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/var/run"
          target   = "/var/run"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/sys"
          target   = "/sys"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/var/lib/docker"
          target   = "/var/lib/docker"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/dev/disk"
          target   = "/dev/disk"
          readonly = true
        }
      }

      env {
        TZ = "Europe/Dublin"
      }

      resources {
        cpu        = 200
        memory     = 256
        memory_max = 512
      }
    }
  }
}
