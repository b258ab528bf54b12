variable "image_tag" {
  default = "1.29.3"
}

variable "workers" {
  default = 1
}

job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:${var.image_tag}"
      }

      env {
        WORKERS = var.workers
      }
    }
  }
}
