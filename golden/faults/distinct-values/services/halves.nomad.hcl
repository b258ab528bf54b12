job "halves" {
  constraint {
    distinct_hosts = true
  }

  group "left" {
    count = 2

    task "left" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }

  group "right" {
    count = 2

    task "right" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
