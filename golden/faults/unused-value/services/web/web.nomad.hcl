variable "image_tag" {
  default = "1.29.3"
}

variable "workers" {
  default = 1
}

job "web" {
  group "web" {
    network {
      port "http" {
        static = 8080
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = "nginx:${var.image_tag}"
        ports = ["http"]
      }

      env {
        WORKERS = var.workers
      }
    }
  }
}
