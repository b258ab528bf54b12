job "whoami" {
  group "whoami" {
    network {
      port "http" {
        to = 80
      }
    }

    service {
      name = "whoami"
      port = "htpp"

      check {
        type     = "http"
        path     = "/"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "whoami" {
      driver = "docker"

      config {
        image = "traefik/whoami:v1.11.0"
        ports = ["http"]
      }
    }
  }
}
