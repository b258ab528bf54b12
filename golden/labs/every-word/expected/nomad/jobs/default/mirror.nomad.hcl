job "mirror" {
  region      = "europe"
  datacenters = ["attic", "cellar-*"]

  constraint {
    attribute = "${node.class}"
    value     = "big"
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "web" {
    shutdown_delay = "10s"

    network {
      port "http" {
        to = 80
      }

      port "status" {
        static = 8480
        to     = 8080
      }
    }

    service {
      name     = "the-mirror"
      port     = "http"
      provider = "consul"
      tags     = ["mirror"]

      check {
        name     = "front"
        type     = "http"
        path     = "/"
        interval = "10s"
        timeout  = "5s"
      }
    }

    task "nginx" {
      driver = "docker"

      config {
        image    = "nginx:1.29.3"
        ports    = ["http", "status"]
        shm_size = 67108864
        labels = [{
          tier = "web"
        }]
        ulimit = {
          nofile = "4096:4096"
        }

        healthchecks {
          disable = true
        }
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        memory = 128
      }

      restart {
        attempts = 2
        interval = "5m"
        delay    = "15s"
        mode     = "fail"
      }

      template {
        destination = "local/index.html"
        data        = "<!doctype html><title>A mirror</title><p>@{this} and {{ \"that\" }}\n"
      }
    }

    ephemeral_disk {
      size = 150
    }
  }
}
