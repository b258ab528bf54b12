job "nightly" {
  type = "batch"

  group "nightly" {
    task "report" {
      driver = "docker"

      lifecycle {
        hook    = "poststart"
        sidecar = true
      }

      config {
        image = "busybox:1.37.0"
        args  = ["true"]
      }
    }
  }
}
