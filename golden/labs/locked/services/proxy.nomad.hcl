job "proxy" {
  datacenters = ["shelf"]

  group "proxy" {
    task "nginx" {
      driver = "docker"
      config {
        image = "nginx:1.29.3"
      }
    }

    # Known only when it runs, so that no lock can have it.
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
}
