job "legacy" {
  datacenters = ["home"]

  meta = {
    "team.name" = "infra"
  }

  # A task in the job itself gets a group of its own.
  task "alone" {
    driver = "docker"

    config {
      image = "busybox:1.36"
      args  = ["sleep", "infinity"]

      mount {
        type   = "tmpfs"
        target = "/scratch"

        tmpfs_options {
          size = 16 * 1024 * 1024
        }
      }

      logging = {
        type = "json-file"
      }

      ulimit {
        nofile = "2048:4096"
      }
    }

    resources {
      cpu    = "100"
      memory = "32"
    }
  }
}
