variable "ports" {
  default = { http = 80, metrics = 9100 }
}

job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }

      template {
        destination = "local/site.conf"
        data        = templatefile("site.conf.tpl", { ports = var.ports, name = "web" })
      }

      template {
        destination = "local/run.sh"
        data        = templatefile("run.sh.tpl", { name = "web" })
      }

      template {
        destination = "local/a"
        data        = templatefile("../../../etc/passwd", {})
      }

      template {
        destination = "local/b"
        data        = templatefile("missing.tpl", ["a"])
      }
    }
  }
}
