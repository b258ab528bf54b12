job "report" {
  type        = "batch"
  namespace   = "tools"
  region      = "europe"
  datacenters = ["attic"]

  periodic {
    crons            = ["15 2 * * *"]
    time_zone        = "Europe/Lisbon"
    prohibit_overlap = true
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "report" {
    task "report" {
      driver = "docker"

      config {
        image = "ghcr.io/example/report:1.0.4"
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        cores  = 1
        memory = 64
      }

      vault {
        role = "hlmc.every-word.tools.report"
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = "{{ with secret \"kv/data/report\" }}TOKEN={{ .Data.data.token | toJSON }}{{ end }}\n"
      }
    }
  }
}
