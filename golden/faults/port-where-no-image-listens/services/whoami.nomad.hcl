job "whoami" {
  group "whoami" {
    network {
      port "http" {}
    }

    task "whoami" {
      driver = "docker"

      config {
        image = "traefik/whoami:v1.11"
        ports = ["http"]
      }
    }
  }
}
