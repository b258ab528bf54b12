job "wiki" {
  group "wiki" {
    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name = "whoami"
      port = "http"

      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "wiki" {
      driver = "docker"

      config {
        image = "registry.example.com/wiki:1.4.2"
        ports = ["http"]
      }
    }
  }
}
