job "web" {
  group "web" {
    max_client_disconnect = "10m"

    network {
      port "http" {
        to = 80
      }
      port "http" {
        to = 8080
      }
    }

    task "web" {
      driver = "docker"
      driver = "exec"

      vault {
        policies = ["web"]
      }
      vault {
        role = "web"
      }

      config {
        image = "nginx:1.29.3"
      }

      resources {
        cpu = 100
        cpu = 200

        network {
          mbits = 10
        }
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
