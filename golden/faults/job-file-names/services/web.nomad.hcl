job "web" {
  datacentres = ["home"]

  group "web" {
    counts = 2

    network {
      port "http" {
        to     = 80
        statik = 8080
      }
    }

    restart {
      attempts = "many"
      interval = "5 minutes"
      mode     = "wait"
    }

    service {
      name = "web"
      port = "http"

      check {
        type     = "http"
        path     = "/"
        interval = 30
        timeout  = "5s"
      }
    }

    task "web" {
      config {
        image      = "nginx:1.29.3"
        privilaged = true
      }

      resources {
        cpu    = 200
        memory = "256MiB"
      }
    }
  }
}
