job "app" {
  group "app" {
    network {
      port "http" {
        to = 8080
      }
    }

    task "app" {
      driver = "docker"

      config {
        image = "ghcr.io/example/app:1.4.2"
        ports = ["http"]
      }

      template {
        source      = "local/app.tpl"
        destination = "local/app.conf"
        data        = "listen = 8080"
      }
    }
  }
}
