job "node-exporter" {
  type        = "system"
  datacenters = ["home"]

  meta {
    hlmc-lab = "home"
  }

  group "node-exporter" {
    shutdown_delay = "5s"

    network {
      port "metrics" {
        static       = 9100
        host_network = "lan"
      }
    }

    service {
      name = "node-exporter"
      port = "metrics"

      check {
        type     = "http"
        path     = "/"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "node-exporter" {
      driver = "docker"

      config {
        image = "quay.io/prometheus/node-exporter:v1.12.1"
        args = [
          "--path.procfs=/host/proc",
          "--path.sysfs=/host/sys",
          "--path.rootfs=/rootfs",
          "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run|var/lib/docker)($|/)",
          "--web.listen-address=${NOMAD_ADDR_metrics}",
        ]
        network_mode = "host"

        mount {
          type     = "bind"
          source   = "/proc"
          target   = "/host/proc"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/sys"
          target   = "/host/sys"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/"
          target   = "/rootfs"
          readonly = true

          bind_options {
            propagation = "rslave"
          }
        }
      }

      env {
        TZ = "Europe/Dublin"
      }

      resources {
        cpu        = 100
        memory     = 64
        memory_max = 128
      }
    }
  }
}
