variable "ports" {
  defualt = { http = 8080 }
}

variable "tag" {
  default = "1.29.3"
}

locals {
  image = "nginx:${var.tag}"
  tags  = [for name in ["web", "site"] : upper(nmae)]
}

job "web" {
  group "web" {
    network {
      dynamic "port" {
        for_each = { http = 80 }
        labels   = [port.key]

        contnet {
          to = port.value
        }
      }
    }

    service {
      name     = "web"
      provider = "nomad"
      tags     = local.tags
    }

    task "web" {
      driver = "docker"

      config {
        image = locl.image

        logging = {
          tpye = "json-file"
        }
      }

      env {
        GREETING = "${HELLO} from ${NOMAD_TASK_NAME} on ${node.unique.name}"
      }
    }
  }
}
