job "scan" {
  datacenters = ["shelf"]

  meta {
    hlmc-lab = "locked"
  }

  group "scan" {
    constraint {
      attribute = "${attr.cpu.arch}"
      value     = "amd64"
    }

    volume "paperless" {
      type   = "host"
      source = "paperless"
    }

    task "prepare" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = false
      }

      config {
        image   = "busybox:1.37.0@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        command = "chown"
        args    = ["-R", "1000", "/data"]
      }
    }

    task "scan" {
      driver = "docker"

      config {
        image = "registry.example.org:5000/scan:2.4@sha256:eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
      }

      volume_mount {
        volume      = "paperless"
        destination = "/data"
      }
    }
  }
}
