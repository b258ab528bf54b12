# A site, written the way such files are written.
variable "tag" {
  type        = string
  description = "Version of the image."
}

variable "ports" {
  type    = map(number)
  default = { http = 8080, metrics = 9100 }
}

variables {
  owner = "nobody"
}

locals {
  image = "nginx:${var.tag}"
  tags  = [for name in ["web", "site"] : upper(name) if name != ""]
}

job "web" {
  datacenters = ["home"]
  type        = "service"

  constraint {
    attribute = node.class
    value     = "nas"
  }

  group "web" {
    count = length(var.ports) > 3 ? 2 : 1

    network {
      dynamic "port" {
        for_each = var.ports
        labels   = [port.key]

        content {
          to = port.value
        }
      }
    }

    volume "site" {
      type   = "host"
      source = "web"
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"
      tags     = concat(local.tags, ["owner=${var.owner}"])

      check {
        type     = "http"
        path     = "/"
        interval = "30s"
        timeout  = "5s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image = local.image
        ports = keys(var.ports)

        volumes = [
          "local/site.conf:/etc/nginx/conf.d/default.conf:ro",
        ]
      }

      volume_mount {
        volume      = "site"
        destination = "/usr/share/nginx/html"
        read_only   = true
      }

      env = {
        "site.owner" = var.owner
        ADDRESS      = "${NOMAD_IP_http}:${NOMAD_PORT_http}"
        WORKERS      = 4
      }

      template {
        destination   = "local/site.conf"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data          = file("site.conf")
      }

      template {
        destination = "local/hosts"
        data        = <<-EOF
          %{ for name, port in var.ports ~}
          ${name} ${port}
          %{ endfor ~}
          {{ range nomadService "web" }}{{ .Address }}{{ end }}
          $${NOT_FOR_US}
        EOF
      }

      resources {
        cpu    = 200
        memory = 64 * 2
      }
    }
  }
}
