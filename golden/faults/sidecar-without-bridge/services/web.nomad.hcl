job "web" {
  group "web" {
    network {
      port "http" {
        to = 80
      }
    }

    service {
      name = "web"
      port = "80"

      connect {
        sidecar_service {}
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
