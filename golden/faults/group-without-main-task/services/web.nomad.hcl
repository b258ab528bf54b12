job "web" {
  group "web" {
    task "prepare" {
      driver = "docker"

      lifecycle {
        hook = "prestart"
      }

      config {
        image = "busybox:1.37.0"
        args  = ["true"]
      }
    }

    task "web" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = true
      }

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
