job "fine" {
  type = "batch"

  group "before" {
    task "before" {
      driver = "docker"

      lifecycle {
        hook = "prestart"
      }

      config {
        image = "busybox:1.37.0"
        args  = ["true"]
      }
    }
  }

  group "both" {
    task "first" {
      driver = "docker"

      lifecycle {
        hook = "prestart"
      }

      config {
        image = "busybox:1.37.0"
        args  = ["true"]
      }
    }

    task "second" {
      driver = "docker"

      lifecycle {
        hook = "poststart"
      }

      config {
        image = "busybox:1.37.0"
        args  = ["true"]
      }
    }
  }
}
