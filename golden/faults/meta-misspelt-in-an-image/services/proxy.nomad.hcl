job "proxy" {
  group "proxy" {
    task "side" {
      driver = "docker"
      meta {
        relaese = "1.37"
      }
      config {
        image   = "busybox:${NOMAD_META_release}"
        command = "sleep"
        args    = ["infinity"]
      }
    }
  }
}
