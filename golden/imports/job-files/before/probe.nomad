job "probe" {
  datacenters = ["attic"]
  type = "system"

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  group "probe" {
    network {
      mode = "host"
      port "metrics" { static = 9101 }
    }

    task "probe" {
      driver = "docker"
      config {
        image        = "registry.example.org/probe:1.9.0"
        network_mode = "host"
        pid_mode     = "host"
        args = [
          "--path.rootfs=/host",       # all of the machine
          "--collector.disable-defaults",
          "--web.listen-address=:9101",
        ]
        volumes = ["/:/host:ro,rslave"]
      }

      service {
        name = "probe"
        port = "metrics"
        check {
          type     = "tcp"
          interval = "30s"
          timeout  = "2s"
        }
      }

      resources {
        cpu    = 50
        memory = 32
      }
    }
  }
}
