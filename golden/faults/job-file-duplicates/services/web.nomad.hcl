variable "tag" {
  default = "1.29.3"
}

variable "tag" {
  default = "1.29.4"
}

variables {
  tag = "1.29.5"
}

locals {
  image = "nginx:${var.tag}"
  image = "nginx"
}

locals {
  image = "caddy"
}

job "web" {
  type = "service"
  type = "batch"

  update {
    auto_revert = true
  }

  update {
    auto_promote = true
  }

  group "web" {
    meta = { a = "1" }

    meta {
      b = "2"
    }

    task "web" {
      driver = "docker"

      config {
        image = local.image
      }

      config {
        image = "nginx"
      }
    }
  }
}

job "web" {
}
