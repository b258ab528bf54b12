# The library's catalogue.
job "books" {
  datacenters = ["attic"]
  type        = "service"

  group "web" {
    count = 1

    network {
      port "http" {
        to = 8083
      }
    }

    service {
      name = "books"
      port = "http"
      tags = ["proxy.enable=true", "proxy.host=books.example.org"]

      check {
        type     = "http"
        path     = "/health"
        interval = "20s"
        timeout  = "3s"
      }
    }

    volume "books" {
      type      = "host"
      source    = "books"
      read_only = false
    }

    restart {
      attempts = 3
      interval = "10m"
      delay    = "20s"
      mode     = "delay"
    }

    task "books" {
      driver = "docker"

      # The image's own user can't read the shelf.
      user = "1000:1000"

      config {
        image = "registry.example.org/books:4.2.0"
        ports = ["http"]
      }

      volume_mount {
        volume      = "books"
        destination = "/shelf"
      }

      env {
        TZ        = "Europe/Lisbon" // like the clock on the wall
        LOG_LEVEL = "info"
      }

      template {
        data        = <<EOF
{{ with nomadVar "nomad/jobs/books" }}
SECRET_KEY={{ .secret_key }}
{{ end }}
EOF
        destination = "secrets/books.env"
        env         = true
      }

      resources {
        cpu        = 200
        memory     = 256
        memory_max = 1024 # when it scans
      }
    }
  }
}
