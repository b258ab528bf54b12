variable "films_version" {
  type        = string
  description = "The release of the player"
  default     = "2.0.0"
}

variable "memory" {
  type    = number
  default = 768
}

variable "ports" {
  type = map(number)
  default = {
    http = 8096
    dlna = 1900
  }
}

locals {
  shelves = ["films", "series"]
}

job "films" {
  datacenters = ["attic"]

  group "films" {
    network {
      dynamic "port" {
        for_each = var.ports
        labels   = [port.key]
        content {
          to = port.value
        }
      }
    }

    task "films" {
      driver = "docker"
      config {
        image   = "registry.example.org/films:${var.films_version}"
        ports   = ["http", "dlna"]
        volumes = [for shelf in local.shelves : "/srv/${shelf}:/media/${shelf}:ro"]
        devices = [
          {
            host_path      = "/dev/dri"
            container_path = "/dev/dri"
          },
        ]
      }
      env {
        FILMS_URL = "https://films.example.org/${var.films_version}/"
        SHELVES   = join(",", local.shelves)
      }
      resources {
        cpu    = 1000
        memory = var.memory
      }
    }
  }
}
