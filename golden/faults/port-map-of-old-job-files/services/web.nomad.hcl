job "web" {
  group "web" {
    network {
      port "http" {}
    }
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        port_map {
          http = 80
        }
      }
    }
  }
}
