job "vision" {
  type        = "sysbatch"
  region      = "europe"
  datacenters = ["attic"]

  constraint {
    attribute = "${node.unique.name}"
    value     = "tongs"
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "vision" {
    task "vision" {
      driver = "docker"

      config {
        image      = "ghcr.io/example/vision:0.9.2"
        privileged = true
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        memory = 128

        device "coral/tpu" {
          count = 1
        }
      }
    }
  }
}
