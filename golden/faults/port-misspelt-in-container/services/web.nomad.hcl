job "web" {
  group "web" {
    network {
      port "http" {
        to = 80
      }
    }

    service {
      name = "web"
      port = "http"

      check {
        type     = "http"
        path     = "/"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        ports = ["htpp"]
      }
    }
  }
}
