job "shop" {
  group "shop" {
    network {
      mode = "bridge"

      port "http" { to = 8080 }
      port "metrics" { to = 8080 }
    }

    task "shop" {
      driver = "docker"

      config {
        image = "ghcr.io/example/shop:2.0.1"
        ports = ["http"]
      }
    }

    task "exporter" {
      driver = "docker"

      config {
        image = "ghcr.io/example/exporter:0.9.0"
      }

      service {
        name = "shop-metrics"
        port = "metrics"

        check {
          type     = "tcp"
          interval = "10s"
          timeout  = "2s"
        }
      }
    }
  }
}
