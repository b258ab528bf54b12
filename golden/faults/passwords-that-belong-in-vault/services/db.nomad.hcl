job "db" {
  group "db" {
    network {
      port "postgres" { to = 5432 }
    }

    volume "data" {
      type   = "host"
      source = "data"
    }

    service {
      name = "db"
      port = "postgres"

      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "db" {
      driver = "docker"

      config {
        image = "postgres:17.2"
        ports = ["postgres"]
      }

      volume_mount {
        volume      = "data"
        destination = "/var/lib/postgresql/data"
      }
    }
  }
}
