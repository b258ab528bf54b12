job "legacy" {
  datacenters = ["home"]

  group "alone" {
    task "alone" {
      driver = "docker"

      config {
        image = "busybox:1.36"
        args  = ["sleep", "infinity"]
        logging = {
          type = "json-file"
        }

        mount {
          type   = "tmpfs"
          target = "/scratch"

          tmpfs_options {
            size = 16777216
          }
        }

        ulimit {
          nofile = "2048:4096"
        }
      }

      resources {
        cpu    = 100
        memory = 32
      }
    }
  }

  meta = {
    "team.name" = "infra"
    hlmc-lab    = "job-files"
  }
}
