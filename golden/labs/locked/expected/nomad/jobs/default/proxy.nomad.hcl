job "proxy" {
  datacenters = ["shelf"]

  group "proxy" {
    task "nginx" {
      driver = "docker"

      config {
        image = "nginx:1.29.3@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
      }
    }

    task "side" {
      driver = "docker"

      meta {
        release = "1.37"
      }

      config {
        image   = "busybox:${NOMAD_META_release}"
        command = "sleep"
        args    = ["infinity"]
      }
    }
  }

  meta {
    hlmc-lab = "locked"
  }
}
