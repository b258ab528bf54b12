job "other" {
  group "other" {
    network {
      port "http" {
        to = 8080
      }
    }

    task "other" {
      driver = "docker"

      config {
        image = "ghcr.io/example/app:1.4.2"
        ports = ["http"]
        volumes = ["/srv/data:/"]
      }
    }
  }
}
