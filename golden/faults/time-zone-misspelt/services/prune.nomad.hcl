job "prune" {
  type = "batch"

  periodic {
    crons     = ["0 4 * * *"]
    time_zone = "Berlin"
  }

  group "prune" {
    task "prune" {
      driver = "docker"

      config {
        image = "alpine:3.22"
        args  = ["true"]
      }
    }
  }
}
