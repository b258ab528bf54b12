job "whoami" {
  datacenters = ["shelf"]

  meta {
    hlmc-lab = "locked"
  }

  group "whoami" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 80
      }
    }

    service {
      name     = "whoami"
      port     = "http"
      provider = "nomad"

      check {
        type     = "http"
        path     = "/"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "whoami" {
      driver = "docker"

      config {
        image = "traefik/whoami:v1.11.0@sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        ports = ["http"]
      }
    }
  }
}
