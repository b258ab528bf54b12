job "letters" {
  namespace   = "office"
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "cellar"
  }

  meta {
    hlmc-lab = "cellar"
  }

  group "letters" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name     = "letters"
      port     = "http"
      provider = "nomad"

      check {
        type     = "http"
        path     = "/ready"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "letters" {
      driver = "docker"

      config {
        image = "ghcr.io/example/letters:2.1.0"
        ports = ["http"]
      }

      vault {
        role = "hlmc.cellar.office.letters"
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with secret "kv/cellar/data/letters" }}API_KEY={{ index .Data.data "api key" | toJSON }}{{ end }}
{{ with nomadVar "nomad/jobs/letters" }}SESSION={{ .session.Value | toJSON }}{{ end }}
{{ with nomadVar "mail/smtp" }}SMTP_USER={{ .user.Value | toJSON }}{{ end }}
{{ with nomadVar "mail/smtp" }}SMTP_PASSWORD={{ .password.Value | toJSON }}{{ end }}
EOF
      }
    }
  }
}
