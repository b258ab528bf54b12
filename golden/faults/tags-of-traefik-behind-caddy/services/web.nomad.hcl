job "web" {
  group "web" {
    network {
      port "http" { to = 80 }
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        ports = ["http"]

        labels = {
          "traefik.enable" = "true"
        }
      }

      service {
        name = "web"
        port = "http"
        tags = ["web", "traefikless"]
      }
    }
  }
}
