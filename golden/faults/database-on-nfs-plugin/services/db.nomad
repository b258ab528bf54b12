job "db" {
  group "db" {
    volume "data" {
      type            = "csi"
      source          = "db-data"
      access_mode     = "single-node-writer"
      attachment_mode = "file-system"
    }

    task "db" {
      driver = "docker"

      config {
        image = "docker.io/library/postgres:17.6"
      }

      volume_mount {
        volume      = "data"
        destination = "/var/lib/postgresql/data"
      }
    }
  }
}
