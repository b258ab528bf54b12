job "web" {
  namespace   = "media"
  datacenters = ["home"]

  group "web" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        ports = ["http"]
      }

      template {
        data        = "{{ with secret \"secret/data/web\" }}KEY={{ .Data.data.key }}{{ end }}"
        destination = "${NOMAD_SECRETS_DIR}/env"
        env         = true
      }

      vault {}

      resources {
        cpu        = 100
        memory     = 64
        memory_max = 128
      }
    }
  }
}
