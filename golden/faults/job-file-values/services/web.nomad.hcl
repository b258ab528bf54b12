variable "tag" {
  type = string
}

variable "workers" {
  type    = number
  default = "many"
}

variable "port" {
  default = 80

  validation {
    condition     = var.port > 1024
    error_message = "Ports below 1024 are the system's."
  }
}

locals {
  image = "nginx:${local.tag}"
  tag   = split(":", local.image)[1]
  id    = uuidv4()
  list  = ["a", "b"]
}

job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        args  = [local.list[2], var.tags, tostring(4), "x${local.list}", 1 + "one", file("../../secret.txt")]
      }
    }
  }
}
