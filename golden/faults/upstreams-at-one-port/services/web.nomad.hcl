job "web" {
  group "web" {
    network {
      mode = "bridge"
    }
    service {
      name = "web"
      port = "80"
      connect {
        sidecar_service {
          proxy {
            upstreams {
              destination_name = "db"
              local_bind_port  = 5432
            }
            upstreams {
              destination_name = "cache"
              local_bind_port  = 5432
            }
          }
        }
      }
    }
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
